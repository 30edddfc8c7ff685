*** Settings ***
Documentation       The camera driver: identity, timing, the FIFO, and every way a camera can fail.
Resource            resources/machine.resource
Suite Setup         Power On
Suite Teardown      Power Off
Test Teardown       Restore Camera
Test Timeout        2 minutes
Test Tags           camera    firmware


*** Test Cases ***
Camera Is Identified
    Camera Should Be Identified As    revision=0x73    sensor=0x2642

Frames Arrive Byte For Byte
    [Template]    Frame Should Be Captured Intact
    noise
    gradient
    black
    white

Frames Are Captured In The Order They Were Fed
    Feed Frame    gradient
    Feed Frame    noise
    Frames Waiting Should Be    2
    Capture Frame
    Capture Frame
    Captured Frame Should Be Intact
    Frames Waiting Should Be    0

Capture Without A New Frame Repeats The Last
    Feed Frame    noise
    ${first} =    Capture Frame
    ${second} =    Capture Frame
    Should Be Equal    ${first.crc32}    ${second.crc32}

Capture Takes One To Two Frame Periods And The Transfer
    Capture Frame
    Capture Should Have Taken    at_least=85 ms    at_most=165 ms

Late Frame Is Waited For
    Set Camera Fault    late_frame    200
    Feed Frame    noise
    Capture Frame
    Capture Should Have Taken    at_least=285 ms    at_most=365 ms
    Captured Frame Should Be Intact

Frame That Comes Too Late Is Given Up
    Set Camera Fault    late_frame    1500
    Capture Should Fail With    camera_timeout
    Camera Should Work

Camera Faults End In Their Error And Pass
    [Template]    Fault Should End In Error And Pass
    absent    camera_absent
    dead_spi    camera_spi
    capture_never_done    camera_timeout
    length_zero    camera_length    fifo length 0
    length_too_long    camera_length    fifo length 8388607
    short_fifo    camera_length    fifo length 9216

Frame Of Another Length Is Refused
    [Template]    Frame Length Should Be Refused
    1
    18431
    18497
    36864

Bytes Behind The Frame Are Not Read
    [Template]    Surplus Should Be Left In The FIFO
    18433
    18440
    18496

Frame Broken Within Its Burst Is An Error At 48 Moments
    FOR    ${moment}    IN RANGE    0    48
        VAR    ${offset} =    ${moment * 18431 // 47}
        VAR    ${fault} =    ${{ ("unplugged", "brown_out")[$moment % 2] }}
        Set Camera Fault    ${fault}    ${offset}
        Feed Frame    noise
        Capture Should Fail With    camera_spi    command=infer
        Clear Camera Faults
    END
    Camera Should Work

Camera That Comes Late Is Found Without Being Asked
    Power On    camera_fault=absent
    Console Should Report Error    camera_absent
    Run For    3 s
    Clear Camera Faults
    Camera Should Get Ready    within=2 s

Damage That No Driver Can See Shows In The Checksum
    Set Camera Fault    flipped_bytes    256
    Feed Frame    noise
    Capture Frame
    Captured Frame Should Be Damaged By    flipped_bytes    256
    Clear Camera Faults
    Set Camera Fault    stuck_bytes    100
    Feed Frame    noise
    Capture Frame
    Captured Frame Should Be Damaged By    stuck_bytes    100

Camera That Is Wrong From The Start Is Told And Tried Again
    [Template]    Start With Fault Should Be Told And Pass
    absent    camera_absent
    wrong_identity    camera_identity
    dead_spi    camera_spi
    sccb_nack    camera_sccb

Camera That Holds SDA Is Freed By Clocks
    [Template]    Start With SDA Held Should Succeed
    1
    5
    9

Camera That Never Lets SDA Go Is Told And Tried Again
    Power On    camera_fault=absent
    Clear Camera Faults
    Set Camera Fault    sda_low    1000000
    Console Should Report Error    camera_sccb
    Clear Camera Faults
    Camera Should Get Ready    within=2 s
    Camera Should Work

Run Goes On Over A Camera Error
    Set Camera Fault    length_zero
    Send Command    run 2
    Console Should Report Error    camera_length
    Console Should Report Error    camera_length
    ${done} =    Console Should Log    run done
    Should Be Equal As Integers    ${done.fields}[frames]    2

Failed Frames Are Not Counted
    Camera Should Work
    ${before} =    Capture Frame
    Set Camera Fault    length_zero
    ${error} =    Capture Should Fail With    camera_length
    Should Be Equal As Integers    ${error.frame}    ${before.frame + 1}
    Clear Camera Faults
    ${after} =    Capture Frame
    Should Be Equal As Integers    ${after.frame}    ${before.frame + 1}

Every Fault Has A Name
    All Camera Faults Should Be Known

Firmware Touches Only Registers That Exist
    Unmodelled Accesses Should Be None

Wrong Claims About A Capture Fail
    Feed Frame    noise
    Run Keyword And Expect Error    capture worked, expected*    Capture Should Fail With    camera_timeout
    Set Camera Fault    flipped_bytes
    Feed Frame    noise
    Capture Frame
    Run Keyword And Expect Error    the frame's CRC is*    Captured Frame Should Be Intact
    Run Keyword And Expect Error    the capture took*    Capture Should Have Taken    1 ms    50 ms


*** Keywords ***
Frame Should Be Captured Intact
    [Arguments]    ${frame}
    Feed Frame    ${frame}
    Capture Frame
    Captured Frame Should Be Intact

Fault Should End In Error And Pass
    [Arguments]    ${fault}    ${code}    ${detail}=${NONE}
    Set Camera Fault    ${fault}
    Feed Frame    noise
    Capture Should Fail With    ${code}    ${detail}
    Capture Should Fail With    ${code}    ${detail}    command=infer
    Camera Should Work

Frame Length Should Be Refused
    [Arguments]    ${length}
    Set Camera Fault    exact_length
    Feed Bytes    ${length}
    Capture Should Fail With    camera_length    fifo length ${length}
    Camera Should Work

Surplus Should Be Left In The FIFO
    [Arguments]    ${length}
    Set Camera Fault    exact_length
    Feed Bytes    ${length}
    Capture Frame
    Captured Frame Should Be Intact    ${18432}

Start With SDA Held Should Succeed
    [Arguments]    ${clocks}
    Power On    camera_fault=absent
    Clear Camera Faults
    Set Camera Fault    sda_low    ${clocks}
    Camera Should Get Ready    within=3 s
    Camera Should Work

Start With Fault Should Be Told And Pass
    [Arguments]    ${fault}    ${code}
    Power On    camera_fault=${fault}
    Console Should Report Error    ${code}
    Capture Should Fail With    ${code}
    Capture Should Fail With    ${code}    command=infer
    Camera Should Work
