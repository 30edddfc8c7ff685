*** Settings ***
Documentation       A sensor whose exposure settles over the first frames, as on a board: no answer
...                 is given about a frame that is still dark, whatever else the camera does.
Resource            resources/machine.resource
Suite Setup         Power On While The Camera Settles
Suite Teardown      Power Off
Test Setup          Set Camera Fault    settling
Test Timeout        2 minutes
Test Tags           camera    classify    inference


*** Test Cases ***
First Frame After Power On Is Answered Right
    [Setup]    Power On While The Camera Settles
    Frame Should Be Answered Right    person

First Frame After A Reset Is Answered Right
    Pull Reset Pin
    Camera Should Get Ready    within=2 s
    Frame Should Be Answered Right    dog

Frames Of A Camera With Another Length Are Answered Right
    [Template]    Frame Should Be Answered Right With
    exact_length
    late_frame

Short Frame Is An Error
    Set Camera Fault    short_fifo
    Feed Clear Scene    car
    Capture Should Fail With    camera_length    command=infer
    Clear Camera Faults

Frame Broken Within Its Burst Is An Error And The Next One Right
    FOR    ${moment}    IN RANGE    0    12
        VAR    ${offset} =    ${moment * 18431 // 11}
        VAR    ${fault} =    ${{ ("unplugged", "brown_out")[$moment % 2] }}
        Set Camera Fault    settling
        Set Camera Fault    ${fault}    ${offset}
        Feed Frame    noise
        Capture Should Fail With    camera_spi    command=infer
        Clear Camera Faults
        Set Camera Fault    settling
        Frame Should Be Answered Right    bicycle
    END

Firmware Touches Only Registers That Exist
    Unmodelled Accesses Should Be None

Frame Taken Too Early Would Be Seen
    [Documentation]    Longer than the firmware waits, so that it takes a dark frame.
    Power On    camera_fault=absent
    Clear Camera Faults
    Set Camera Fault    settling    60
    Camera Should Get Ready    within=4 s
    Feed Frame    noise
    Capture Frame
    Run Keyword And Expect Error    the frame's CRC is*    Captured Frame Should Be Intact
    Run Keyword And Expect Error    *the picture comes out dark*    Unmodelled Accesses Should Be None
    [Teardown]    Clear Camera Faults


*** Keywords ***
Power On While The Camera Settles
    Power On    camera_fault=settling
    Camera Should Get Ready    within=2 s

Frame Should Be Answered Right
    [Arguments]    ${label}
    Feed Clear Scene    ${label}
    Capture And Classify
    Frame Should Be Classified As    ${label}
    Output Should Match Reference

Frame Should Be Answered Right With
    [Arguments]    ${fault}
    Set Camera Fault    ${fault}
    Frame Should Be Answered Right    person
    Clear Camera Faults
    Set Camera Fault    settling
