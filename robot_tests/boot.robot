*** Settings ***
Documentation       From the flash image to the boot event: resets, faults, memory.
Resource            resources/machine.resource
Suite Teardown      Power Off
Test Teardown       Power Off
Test Timeout        2 minutes
Test Tags           boot    firmware


*** Variables ***
${CAPTURE}          _ZN7drivers7Arducam7CaptureEPhRm


*** Test Cases ***
Firmware Boots From Its Flash Image
    ${boot} =    Power On
    Should Be Equal    ${boot.app}    classify
    Should Be Equal    ${boot.board}    mimxrt1060-evk
    Should Match Regexp    ${boot.chip_id}    ^[0-9a-f]{16}$
    Should Be Equal As Integers    ${boot.core_hz}    600000000
    Reset Cause Should Be    power_on    count=0

Inference Runs Where It Was Asked For
    Power On
    Inference Should Be As Asked    ${INFERENCE}
    Firmware Should Carry The Model

Memory Totals Are Those Of The Chip
    Power On
    Skip Unless Inference Is On The Chip
    Memory Totals Should Match The Chip
    Flash In Use Should Be The Image

Hello Blinks Every Half Second
    ${boot} =    Power On    hello
    Should Be Equal    ${boot.app}    hello
    Memory Totals Should Match The Chip
    LED Should Blink    times=6    duration=3 s
    Console Should Count    hello    first=1    last=6

Setting One Pin Leaves The Others Alone
    Take Image
    Patch Function    ${CAPTURE}    set another pin
    Insert Image
    Boot Firmware
    LED Should Be    dark
    Send Command    capture
    Run For    10 ms
    LED Should Be    lit

Reset Pin Restarts And Keeps Count
    Power On
    Pull Reset Pin
    Reset Cause Should Be    pin    count=1
    Pull Reset Pin
    Reset Cause Should Be    pin    count=2
    Camera Should Work

Reset Command Restarts
    Power On
    Send Command    reset
    Console Should Log    reset
    Firmware Should Restart    system
    Camera Should Work

Power Cycle Forgets The Resets Before It
    Power On
    Pull Reset Pin
    Reset Cause Should Be    pin    count=1
    Boot Firmware
    Reset Cause Should Be    power_on    count=0

Watchdog Bites When The Firmware Hangs
    Take Image
    Patch Function    ${CAPTURE}    sleep forever
    Insert Image
    Boot Firmware
    Send Command    capture
    Firmware Should Restart    watchdog    timeout=6 s
    Info Should Show    reset=watchdog    reset_count=1

Undefined Instruction Is Reported And Restarts
    Take Image
    Patch Function    ${CAPTURE}    undefined instruction
    Insert Image
    Boot Firmware
    Send Command    capture
    ${fault} =    Firmware Should Report Fault    usage    function=${CAPTURE}
    Should Be Equal    ${fault.cfsr}    ${0x00010000}
    Firmware Should Restart    system

Stray Write Is A Memory Fault At Its Address
    Take Image
    Patch Function    ${CAPTURE}    stray write
    Insert Image
    Boot Firmware
    Send Command    capture
    ${fault} =    Firmware Should Report Fault    mem    function=${CAPTURE}
    Should Be Equal    ${fault.mmfar}    ${0x10000000}
    Firmware Should Restart    system

Stack Overflow Is A Memory Fault And Restarts
    Take Image
    Patch Function    ${CAPTURE}    stack overflow
    Insert Image
    Boot Firmware
    Send Command    capture
    Firmware Should Report Fault    mem
    Firmware Should Restart    system

Firmware Touches Only Registers That Exist
    Power On
    Camera Should Work
    Unmodelled Accesses Should Be None

Wrong Claims About A Boot Fail
    Power On
    Run Keyword And Expect Error    reset cause is power_on, expected watchdog*
    ...    Reset Cause Should Be    watchdog
    Run Keyword And Expect Error    *no Fatal event*    Firmware Should Report Fault    usage    timeout=50 ms
    Run Keyword And Expect Error    *no Boot event*    Firmware Should Restart    system    timeout=50 ms
    Run Keyword And Expect Error    the LED changed 0 times, expected 6*    LED Should Blink    6    100 ms
