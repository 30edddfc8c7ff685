*** Settings ***
Documentation       The UART protocol: every command, and everything that is no command.
Resource            resources/machine.resource
Suite Setup         Power On
Suite Teardown      Power Off
Test Timeout        2 minutes
Test Tags           console    firmware


*** Variables ***
${LONGEST}          ${{ "x" * 128 }}
${TOO_LONG}         ${{ "x" * 129 }}
${SHOWN}            ${{ "x" * 64 }}
${FLOOD}            ${{ "x" * 2000 }}
# Of an inference, at least what its operators take together.
${PROFILE_PERCENT}  90


*** Test Cases ***
Info Repeats The Boot Event
    Info Should Repeat The Boot Event

Uptime Is Virtual Time
    Uptime Should Follow Virtual Time

Capture Answers With The Frame's Checksum
    Feed Frame    noise
    ${captured} =    Capture Frame
    Should Be Equal As Integers    ${captured.bytes}    18432
    Captured Frame Should Be Intact

Capture And Infer Share The Frame Counter
    ${first} =    Capture Frame
    Send Command    infer
    Results Should Follow    1    first_frame=${first.frame + 1}
    Info Should Show    frames=${first.frame + 1}

Run Classifies As Often As Asked
    ${first} =    Capture Frame
    Send Command    run 3
    Results Should Follow    3    first_frame=${first.frame + 1}
    ${done} =    Console Should Log    run done
    Should Be Equal As Integers    ${done.fields}[frames]    3
    Console Should Stay Silent    500 ms

Run Without End Stops When Told
    Send Command    run 0
    Results Should Follow    3
    Send Command    stop
    Console Should Log    stopped
    ${done} =    Console Should Log    run done
    Should Be True    ${done.fields}[frames] >= 3
    Console Should Stay Silent    500 ms

Stop Is Answered When Nothing Runs
    Send Command    stop
    Console Should Log    stopped
    Console Should Stay Silent    200 ms

Profile Lists Every Operator
    Skip Unless Inference Is On The Chip
    Send Command    profile on
    Console Should Log    profile on
    Send Command    infer
    ${results} =    Results Should Follow    1
    Profile Should Follow    ${results}[0]    ${PROFILE_PERCENT}
    Send Command    profile off
    Console Should Log    profile off

Profile Off Is Silent
    Send Command    profile off
    Console Should Log    profile off
    Send Command    infer
    Results Should Follow    1
    Console Should Stay Silent    200 ms

Empty Lines Are Ignored
    Type Bytes    \n\r\n\n
    Console Should Stay Silent    200 ms

Input Before Its Newline Is Kept
    Type Bytes    in
    Console Should Stay Silent    200 ms
    Type Bytes    fo\n
    Console Should Log    info

Wrong Commands Are Refused And Change Nothing
    [Template]    Command Should Be Refused
    dance    unknown_command    dance
    INFO    unknown_command    INFO
    infer now    bad_argument    infer now
    run    bad_argument    run
    run -1    bad_argument    run -1
    run 1.5    bad_argument    run 1.5
    run 99999999999    bad_argument    run 99999999999
    profile    bad_argument    profile
    profile maybe    bad_argument    profile maybe
    say "hi\\"    unknown_command    say "hi\\"

Longest Line Is Read And A Longer One Refused
    Command Should Be Refused    ${LONGEST}    unknown_command    ${SHOWN}
    Command Should Be Refused    ${TOO_LONG}    line_too_long    ${SHOWN}

Bytes That Are No Text Are Refused
    Command Should Be Refused    in\x07fo    not_text
    Info Should Show    app=classify

Flood Of Input Is Told Once And Survived
    Send Command    infer
    Type Bytes    ${FLOOD}\n
    Results Should Follow    1
    Console Should Report Error    input_overflow
    Let The Console Come To Rest
    Console Should Have Reported Errors    input_overflow    times=1
    Type Bytes    \n
    Info Should Show    app=classify

Commands Are Queued While A Frame Is Classified
    Type Bytes    infer\ninfer\nstop\n
    Results Should Follow    2
    Console Should Log    stopped

Wrong Claims About The Console Fail
    Send Command    dance
    Run Keyword And Expect Error    the error is unknown_command, expected bad_argument*
    ...    Console Should Report Error    bad_argument
    Run Keyword And Expect Error    *no Log event after 'dance'*    Console Should Log    dance    timeout=50 ms
    Run Keyword And Expect Error    info says app classify, expected hello*    Info Should Show    app=hello
    Type Bytes    stop\n
    Run Keyword And Expect Error    1 lines were printed, expected none*    Console Should Stay Silent    100 ms


*** Keywords ***
Command Should Be Refused
    [Arguments]    ${line}    ${code}    ${detail}=${NONE}
    ${before} =    Info Should Show
    Send Command    ${line}
    Console Should Report Error    ${code}    ${detail}
    Console Should Stay Silent    100 ms
    Info Should Show    frames=${before.fields}[frames]
