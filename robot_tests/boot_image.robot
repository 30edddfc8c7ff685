*** Settings ***
Documentation       The boot ROM takes the firmware's flash image, and refuses each damage by name.
Resource            resources/machine.resource
Suite Teardown      Power Off
Test Setup          Take Image
Test Template       Damaged Image Should Be Refused
Test Timeout        2 minutes
Test Tags           boot    image


*** Variables ***
${FCB}              ${0x0000}
${IVT}              ${0x1000}
${BOOT_DATA}        ${0x1020}
${VECTORS}          ${0x2000}


*** Test Cases ***    OFFSET    CONTENT    FIELD    ADDRESS
FCB Tag    ${FCB}    00000000    FCB.tag    0x60000000
FCB Tag In The Wrong Byte Order    ${FCB}    42464346    FCB.tag    0x60000000
FCB Version    ${FCB + 4}    00040157    FCB.version    0x60000004
FCB Without A Read Sequence    ${FCB + 0x80}    00000000    FCB.lookupTable[0]    0x60000080
FCB That Reads The Identity On One Pad    ${FCB + 0x80}    9F04    FCB.lookupTable[0]    0x60000080
FCB With Eight Dummy Clocks    ${FCB + 0x84}    08    FCB.lookupTable[0]    0x60000080
FCB With A Clock That The Flash Does Not Take    ${FCB + 0x46}    09    FCB.serialClkFreq    0x60000046
FCB With A Strobe That The Flash Does Not Send    ${FCB + 0x0C}    03    FCB.readSampleClkSrc    0x6000000C
FCB With Too Small A Flash    ${FCB + 0x50}    00100000    FCB.sflashA1Size    0x60000050
FCB That Clears Quad Enable    ${FCB + 0x18}    00    FCB.deviceModeCfgEnable    0x60000010
IVT Tag    ${IVT}    D2    IVT.header.tag    0x60001000
IVT Length    ${IVT + 1}    2000    IVT.header.length    0x60001001
IVT Version    ${IVT + 3}    44    IVT.header.version    0x60001003
IVT Entry Outside The Image    ${IVT + 4}    00007060    IVT.entry    0x60001004
IVT Entry That Is No Vector Table    ${IVT + 4}    00000060    vector_table.stack_pointer    0x60000000
IVT With A Device Configuration That Is None    ${IVT + 12}    00100060    DCD.header.tag    0x60001000
IVT Boot Data Outside The Image    ${IVT + 16}    FFFFFF60    IVT.boot_data    0x60001010
IVT Self Pointer    ${IVT + 20}    00200060    IVT.self    0x60001014
Boot Data Start    ${BOOT_DATA}    00000061    boot_data.start    0x60001020
Boot Data Length Zero    ${BOOT_DATA + 4}    00000000    boot_data.length    0x60001024
Boot Data Length Beyond The Flash Window    ${BOOT_DATA + 4}    01000020    boot_data.length    0x60001024
Boot Data Plugin    ${BOOT_DATA + 8}    01000000    boot_data.plugin    0x60001028
Stack Pointer Zero    ${VECTORS}    00000000    vector_table.stack_pointer    0x60002000
Stack Pointer Not Aligned    ${VECTORS}    02000020    vector_table.stack_pointer    0x60002000
Stack Pointer In Registers    ${VECTORS}    00001040    vector_table.stack_pointer    0x60002000
Reset Handler Without Thumb Bit    ${VECTORS + 4}    00240060    vector_table.reset_handler    0x60002004
Reset Handler Outside The Image    ${VECTORS + 4}    01000070    vector_table.reset_handler    0x60002004
Erased Header    ${FCB}    FFFFFFFF    FCB.tag    0x60000000

Image Cut Short Within The FCB
    [Template]    Cut Image Should Be Refused
    ${0x1FF}    FCB

Image Cut Short Within The IVT
    [Template]    Cut Image Should Be Refused
    ${0x101F}    IVT

Whole Image Is Accepted
    [Template]    NONE
    Insert Image
    ${boot} =    Boot Firmware
    Should Be Equal    ${boot.app}    classify

Wrong Claims About An Image Fail
    [Template]    NONE
    Run Keyword And Expect Error    the image was accepted, expected IVT.self to be refused
    ...    Image Should Be Refused    IVT.self
    Overwrite Image    ${IVT + 20}    00200060
    Run Keyword And Expect Error    refused for IVT.self, expected IVT.entry*
    ...    Image Should Be Refused    IVT.entry
    Run Keyword And Expect Error    refused at another address*
    ...    Image Should Be Refused    IVT.self    0x60001010
    Run Keyword And Expect Error    the image holds 00200060*    Overwrite Image    ${IVT + 20}    00200060


*** Keywords ***
Damaged Image Should Be Refused
    [Arguments]    ${offset}    ${content}    ${field}    ${address}
    Overwrite Image    ${offset}    ${content}
    Image Should Be Refused    ${field}    ${address}

Cut Image Should Be Refused
    [Arguments]    ${length}    ${field}
    Cut Image    ${length}
    Image Should Be Refused    ${field}
