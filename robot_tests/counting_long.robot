*** Settings ***
Documentation       Two thousand frames without a reset; takes minutes, so it runs only when named.
Resource            resources/machine.resource
Library             rtbench.robot.counting_keywords.CountingKeywords    AS    Counting
Library             rtbench.robot.sequence_keywords.SequenceKeywords    AS    Sequence
Suite Setup         Power On Counter
Suite Teardown      Power Off
Test Timeout        60 minutes
Test Tags           count    inference    long


*** Variables ***
${FRAMES}               2000
${DRIFT_PERCENT}        2


*** Test Cases ***
Nothing Is Lost In Two Thousand Frames
    Count Scene    seed=5
    Count Without End    ${FRAMES}    ${DRIFT_PERCENT}
    Count Scene    seed=5
    Count Should Match Reference
    Info Should Show    errors=0
    Reset Cause Should Be    power_on    count=0

More Frames Than There Were Are Missed
    Run Keyword And Expect Error    *no Log event after*    Console Should Log    run done    1 s
