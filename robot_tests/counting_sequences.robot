*** Settings ***
Documentation       Persons followed from frame to frame, and the line in the middle crossed.
Resource            resources/machine.resource
Library             rtbench.robot.counting_keywords.CountingKeywords    AS    Counting
Library             rtbench.robot.sequence_keywords.SequenceKeywords    AS    Sequence
Suite Setup         Power On And Play
Suite Teardown      Power Off
Test Timeout        5 minutes
Test Tags           count    inference    sequence


*** Variables ***
# Missed and false persons a frame, at most, for a play to show the tracker and not the network;
# where two meet, each can be taken for the other.
${CLEAR}                0.15
${CLEAR_MEETING}        0.08
${DRIFT_PERCENT}        2


*** Test Cases ***
Who Enters Is Counted And Crosses Nothing
    Take Clear Sequence    enter
    Everybody Should Be Followed
    Crossings Should Be    left_to_right=0    right_to_left=0

Who Leaves Crosses The Line Once
    Take Clear Sequence    leave
    Everybody Should Be Followed
    Crossings Should Be    left_to_right=0    right_to_left=1

Two Who Cross Are Counted In Both Directions
    Take Clear Sequence    cross
    Crossings Should Be    left_to_right=1    right_to_left=1
    Everybody Should Be Followed
    Identities Should Be At Most    2

Two Who Meet And Part Stay Who They Are
    Take Clear Sequence    meet and part
    Everybody Should Be Followed
    Crossings Should Be    left_to_right=0    right_to_left=0

Who Stands Still Is Nobody New
    Take Clear Sequence    stand still
    Everybody Should Be Followed
    Identities Should Be At Most    2
    Crossings Should Be    left_to_right=0    right_to_left=0

Crowd Of Eight Is Followed
    Take Clear Sequence    crowd of eight
    Everybody Should Be Followed    seen_percent=90
    Identities Should Be At Most    8
    Crossings Should Be    left_to_right=0    right_to_left=0

Flickering Light Makes Nobody New
    Take Clear Sequence    flicker
    Everybody Should Be Followed
    Crossings Should Be    left_to_right=1    right_to_left=0

Who Comes Where Another Stood Is Somebody New
    Take Clear Sequence    take turns
    Everybody Should Be Followed
    Identities Should Be At Most    2
    Crossings Should Be    left_to_right=0    right_to_left=0

Every Sequence Is Seen As On The Host
    [Template]    Sequence Should Be Seen As On The Host
    enter
    cross
    crowd of eight

Frames Keep Their Period
    Run With Period    4    500 ms
    Frames Should Come Each    500 ms
    Skipped Periods Should Be Told    at_least=0

Periods Without A Frame Are Told
    Run With Period    4    30 ms
    Skipped Periods Should Be Told    at_least=3

Camera Error Loses Nobody
    Show Standing Persons
    Set Camera Fault    capture_never_done
    Capture Should Fail With    camera_timeout    command=infer
    Clear Camera Faults
    Identities Should Be Kept

Nothing Is Lost In Forty Frames
    Count Without End    40    ${DRIFT_PERCENT}
    Info Should Show    errors=1

Wrong Claims About Sequences Fail
    Take Sequence    leave
    Run Keyword And Expect Error    leave: the truth is *expected*
    ...    Crossings Should Be    left_to_right=7    right_to_left=1
    Run Keyword And Expect Error    leave: identities are *
    ...    Identities Should Be At Most    0
    Run Keyword And Expect Error    leave: * changes of identity*
    ...    Everybody Should Be Followed    switches=-1
    Run Keyword And Expect Error    frames came *    Frames Should Come Each    1 ms


*** Keywords ***
Power On And Play
    Power On Counter
    Play All Sequences    ${CLEAR}    cross=${CLEAR_MEETING}    meet and part=${CLEAR_MEETING}

Sequence Should Be Seen As On The Host
    [Arguments]    ${name}
    Take Sequence    ${name}
    Every Frame Should Be Counted As On The Host
    Run Should Skip    0
