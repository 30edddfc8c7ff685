*** Settings ***
Documentation       Still pictures: counts and boxes, held against the truth and against the host.
Resource            resources/machine.resource
Library             rtbench.robot.counting_keywords.CountingKeywords    AS    Counting
Suite Setup         Power On Counter
Suite Teardown      Power Off
Test Timeout        20 minutes
Test Tags           count    inference


*** Variables ***
${ARENA_LIMIT_KIB}      500
${SRAM_LIMIT_KIB}       1024
${LEAST_OVERLAP}        0.6
# Of the total of a frame, what lies between its stages.
${BETWEEN_PERCENT}      1
# Other scenes than those of the training's report: so many times its error, and so many persons.
${ERROR_FACTOR}         1.4
${DIFFICULT_FACTOR}     2
${ERROR_ROOM}           0.15


*** Test Cases ***
Arena Fits Its Budget
    Skip Unless Inference Is On The Chip
    Arena Should Fit In    ${ARENA_LIMIT_KIB}

Memory Fits The Chip
    Skip Unless Inference Is On The Chip
    Memory Totals Should Match The Chip
    SRAM In Use Should Be At Most    ${SRAM_LIMIT_KIB}
    Flash In Use Should Be The Image

Stages Add Up
    Skip Unless Inference Is On The Chip
    Count Scene    seed=3
    Stages Should Add Up    ${BETWEEN_PERCENT}

Two Hundred Scenes Are Counted
    Count Scenes    200
    Every Count Should Match Reference    at_least=200
    Count Error Should Equal The Hosts
    Count Error Should Be As Trained    ${ERROR_FACTOR}    ${ERROR_ROOM}
    Box Overlap Should Be At Least    ${LEAST_OVERLAP}

Difficult Scenes Are Counted As Well As In Training
    [Template]    Difficult Scenes Should Be Counted
    light    lowest
    blur    highest
    noise    highest
    occlusion    highest

Wrong Arguments Are Refused
    [Template]    Command Should Be Refused
    line
    line 1 2 3
    line 0 0 97 0
    line 5 5 5 5
    line a b c d
    reset counts now
    run 1 2 3

Firmware Touches Only Registers That Exist
    Unmodelled Accesses Should Be None

Wrong Claims About Counts Fail
    Count Scene    seed=2
    Run Keyword And Expect Error    count is * expected 42; *expected person*seen*
    ...    Count Should Be    42
    Count Scenes    2
    Run Keyword And Expect Error    mean error is *    Count Error Should Be At Most    -1
    Run Keyword And Expect Error    mean overlap is *    Box Overlap Should Be At Least    1.01
    Run Keyword And Expect Error    only 2 scenes were counted*
    ...    Every Count Should Match Reference    at_least=3


*** Keywords ***
Difficult Scenes Should Be Counted
    [Arguments]    ${axis}    ${end}
    Count Difficult Scenes    ${axis}    ${end}    number=12
    Every Count Should Match Reference    at_least=12
    Count Error Should Be As Trained    ${DIFFICULT_FACTOR}    ${ERROR_ROOM}

Command Should Be Refused
    [Arguments]    ${line}
    Send Command    ${line}
    Console Should Report Error    bad_argument    ${line}
