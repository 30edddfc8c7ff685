*** Settings ***
Documentation       A firmware that sleeps between its frames: how long core and camera are in each of
...                 their states. The times are the bench's; what they cost is `rtbench energy`.
Resource            resources/machine.resource
Library             rtbench.robot.duty_keywords.DutyKeywords
Suite Setup         Power On
Suite Teardown      Power Off
Test Timeout        2 minutes
Test Tags           duty    firmware


*** Variables ***
${PERIOD}           3 s
# Of a period, that for which a frame with its capture, its answer on the console and a camera that
# wakes up keeps the core from its sleep.
${FRAME}            450 ms
${COMPUTING}        120 ms


*** Test Cases ***
Without A Sleep All Clocks Go On
    Run Duty Cycle    1    ${PERIOD}
    Core Should Have Spent    wfi    at_least=2.8 s
    Core Should Have Spent    wait    at_most=0 s
    Core Should Have Spent    stop    at_most=0 s
    Camera Should Have Spent    low-power    at_most=0 s
    Camera Should Have Spent    off    at_most=0 s
    Camera Should Have Spent    idle    at_least=2.8 s

Core Sleeps In The Mode That Is Asked For
    [Template]    Core Should Sleep In
    wait    stop
    stop    wait

Camera Saves Power While The Core Sleeps
    Run Duty Cycle    2    ${PERIOD}    sleep stop
    Core Should Have Spent    stop    at_least=2.55 s
    Camera Should Have Spent    low-power    at_least=2.55 s    at_most=2.75 s
    Camera Should Have Spent    capturing    at_least=66 ms    at_most=136 ms
    Camera Should Have Spent    idle    at_least=150 ms    at_most=${FRAME}
    Camera Should Have Spent    off    at_most=0 s

Camera Can Be Without Its Supply
    Run Duty Cycle    1    ${PERIOD}    sleep stop camera gated
    Camera Should Have Spent    off    at_least=2.1 s    at_most=2.4 s
    Camera Should Have Spent    low-power    at_most=0 s
    Core Should Have Spent    stop    at_least=2.1 s
    Frames Should Be As Fed

Camera Can Be Left On
    Run Duty Cycle    1    ${PERIOD}    sleep stop camera on
    Camera Should Have Spent    low-power    at_most=0 s
    Camera Should Have Spent    off    at_most=0 s
    Camera Should Have Spent    idle    at_least=2.8 s
    Core Should Have Spent    stop    at_least=2.7 s

Frames Keep Their Period Over A Sleep
    Run Duty Cycle    2    ${PERIOD}    sleep stop
    Frames Should Have Kept Their Period    ${PERIOD}    within=75 ms
    Frames Should Be As Fed

Exposure Settles After Each Sleep
    [Setup]    Power On While The Camera Settles
    [Template]    Frames Should Be Right After Sleep With
    low-power
    gated
    [Teardown]    Power On

Clock Goes On Over A Sleep
    ${before} =    Info Should Show
    Run Duty Cycle    1    10 s    sleep stop
    Core Should Have Spent    stop    at_least=9.5 s
    ${after} =    Info Should Show
    VAR    ${own} =    ${after.fields}[uptime_ms] - ${before.fields}[uptime_ms]
    VAR    ${virtual} =    (${after.time_us} - ${before.time_us}) / 1000
    Should Be True    abs(${own} - ${virtual}) < 3
    Info Should Show    reset_count=0

Console Ends A Sleep In Wait Mode
    Send Command    run 0 20000 sleep wait
    Results Should Follow    1
    Run For    2 s
    Send Command    stop
    Console Should Log    stopped    timeout=100 ms
    ${done} =    Console Should Log    run done
    Should Be Equal As Integers    ${done.fields}[frames]    1

Camera Is On Again After A Run
    Run Duty Cycle    1    ${PERIOD}    sleep stop camera gated
    Feed Frame    noise
    Capture Frame
    Captured Frame Should Be Intact

Another Sleep Is Refused
    [Template]    Command Should Be Refused
    run 2 sleep stop
    run 2 0 sleep stop
    run 2 3000 sleep deep
    run 2 3000 sleep stop camera dark
    run 2 3000 sleep stop camera on 1

Firmware Touches Only Registers That Exist
    Unmodelled Accesses Should Be None

Wrong Claims About A Duty Cycle Fail
    Run Duty Cycle    1    ${PERIOD}    sleep stop
    Run Keyword And Expect Error    of each period the core was 2.*s in stop, expected 0 s to 1 s*
    ...    Core Should Have Spent    stop    at_most=1 s
    Run Keyword And Expect Error    of each period the camera was 0.0000 s in off, expected 1 s at least*
    ...    Camera Should Have Spent    off    at_least=1 s
    Run Keyword And Expect Error    frames * are 3.0* s apart, expected 2 s*
    ...    Frames Should Have Kept Their Period    2 s    within=100 ms


*** Keywords ***
Core Should Sleep In
    [Arguments]    ${mode}    ${other}
    Run Duty Cycle    1    ${PERIOD}    sleep ${mode}
    Core Should Have Spent    ${mode}    at_least=2.55 s
    Core Should Have Spent    ${other}    at_most=0 s
    Core Should Have Spent    wfi    at_most=${FRAME}
    Core Should Have Spent    run    at_least=20 ms    at_most=${COMPUTING}

Power On While The Camera Settles
    Power On    camera_fault=settling
    Camera Should Get Ready    within=2 s

Frames Should Be Right After Sleep With
    [Arguments]    ${camera}
    Run Duty Cycle    1    ${PERIOD}    sleep stop camera ${camera}
    Frames Should Be As Fed
    Unmodelled Accesses Should Be None

Command Should Be Refused
    [Arguments]    ${line}
    Send Command    ${line}
    Console Should Report Error    bad_argument    ${line}
    Console Should Stay Silent    100 ms
