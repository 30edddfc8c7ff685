*** Settings ***
Documentation       What the firmware sees, held against TFLM on the host, byte for byte.
Resource            resources/machine.resource
Suite Setup         Power On
Suite Teardown      Power Off
Test Timeout        2 minutes
Test Tags           classify    inference


*** Variables ***
${PICTURES}                 ${OUTPUT_DIR}/pictures
${ARENA_LIMIT_KIB}          375
${SRAM_LIMIT_KIB}           1024
${LEAST_ACCURACY_PERCENT}   90
# Of the total of a frame, what lies between its stages.
${BETWEEN_PERCENT}          1


*** Test Cases ***
Labelled Scenes Are Recognised
    [Template]    Scene Should Be Recognised
    background
    person
    bicycle
    car
    dog

Image Files Are Recognised
    [Template]    Image File Should Be Recognised
    person.png    person
    dog.jpg    dog
    car.bmp    car

Accuracy Holds On Scenes Never Trained On
    Classify Scenes    per_label=8
    Accuracy Should Be At Least    ${LEAST_ACCURACY_PERCENT}
    Every Output Should Match Reference    at_least=40

Patterns Give The Reference's Output
    All Patterns Should Match Reference

Patterns Would Show A Mistake Before The Model
    [Template]    Patterns Should Tell Apart
    swapped colours
    swapped bytes
    zero point off by one
    no zero point
    low bits left zero
    one byte late
    channels first

Frame Arrives Whole
    Feed Frame    noise
    Capture And Classify
    Frame Should Have Arrived Intact

Inference Leaves Nothing Behind
    Feed Frame    gradient
    Capture And Classify
    Same Frame Should Give The Same Output    times=3
    Scores Should Be The Output Dequantised

Arena Fits Its Budget
    Skip Unless Inference Is On The Chip
    Arena Should Fit In    ${ARENA_LIMIT_KIB}
    Arena Should Lie In Its Memory    dtcm

Memory Fits The Chip
    Skip Unless Inference Is On The Chip
    Memory Totals Should Match The Chip
    SRAM In Use Should Be At Most    ${SRAM_LIMIT_KIB}

Stages Add Up
    Skip Unless Inference Is On The Chip
    Feed Frame    colour bars
    Capture And Classify
    Stages Should Add Up    ${BETWEEN_PERCENT}
    Classifying Should Take At Most    200 ms

Firmware Touches Only Registers That Exist
    Unmodelled Accesses Should Be None

Wrong Claims About A Frame Fail
    Feed Scene    person    seed=1
    Capture And Classify
    Run Keyword And Expect Error    *expected dragon*    Frame Should Be Classified As    dragon
    Run Keyword And Expect Error    accuracy is*    Accuracy Should Be At Least    100.1
    Run Keyword And Expect Error    arena:*    Arena Should Fit In    0
    Set Camera Fault    flipped_bytes    2
    Feed Frame    noise
    Capture And Classify
    Run Keyword And Expect Error    pattern noise: frame damaged: CRC*    Output Should Match Reference
    [Teardown]    Clear Camera Faults


*** Keywords ***
Scene Should Be Recognised
    [Arguments]    ${label}
    Feed Clear Scene    ${label}
    Capture And Classify
    Frame Should Be Classified As    ${label}
    Output Should Match Reference

Image File Should Be Recognised
    [Arguments]    ${name}    ${label}
    ${path} =    Draw Picture File    ${PICTURES}/${name}    ${label}
    Feed Picture    ${path}    ${label}
    Capture And Classify
    Frame Should Be Classified As    ${label}
    Output Should Match Reference
