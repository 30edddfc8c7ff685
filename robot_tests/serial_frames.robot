*** Settings ***
Documentation       Frames typed at the console: answered like the camera's, or refused in words.
Resource            resources/machine.resource
Suite Setup         Power On
Suite Teardown      Power Off
Test Timeout        4 minutes
Test Tags           console    firmware


*** Test Cases ***
Typed Frame Is Answered As The Camera's
    Typed Frame Should Be Answered As The Cameras

Record Without The Command Is One Error
    Type Record Without The Command
    Console Should Report Error    frame_unexpected
    Console Should Stay Silent    100 ms
    Info Should Show    app=classify

Wrong Heads Are Refused
    [Template]    Head Should Be Refused
    version
    format
    label length
    width

Frame That Is Not Seen As One Is Told
    Type Frame With Another Mark
    Console Should Report Error    frame_aborted    a line was lost
    Console Should Report Error    not_text
    Console Should Stay Silent    100 ms

Frame That Ends Early Is Refused
    Type Beginning Of A Frame
    Type Bytes    \n
    Console Should Report Error    frame_length
    Console Should Stay Silent    100 ms

Another Command Ends A Frame And Is Carried Out
    Type Bytes    frame\nstop\n
    Console Should Report Error    frame_aborted    another command came
    Console Should Log    stopped
    Type Record Without The Command
    Console Should Stay Silent    100 ms

Line That Is Lost Ends A Frame
    Type Bytes    frame\nAA\x07A\n
    Console Should Report Error    frame_aborted
    Console Should Report Error    not_text
    Type Bytes    \x07\n
    Console Should Stay Silent    100 ms
    Info Should Show    app=classify
    Type Bytes    \x07\n
    Console Should Report Error    not_text

Silence Ends A Frame
    Type Beginning Of A Frame
    Console Should Stay Silent    1900 ms
    Console Should Report Error    frame_aborted    timeout=500 ms
    Info Should Show    app=classify
    Console Should Stay Silent    3 s

Frame Is Refused During A Run
    Send Command    run 0
    Results Should Follow    1
    Type Beginning Of A Frame
    Type Bytes    \n
    Console Should Report Error    busy
    Results Should Follow    1
    Send Command    stop
    Console Should Log    run done

Wrong Claims About Typed Frames Fail
    Type Beginning Of A Frame
    Run Keyword And Expect Error    the error is frame_aborted, expected frame_crc*
    ...    Console Should Report Error    frame_crc    timeout=3 s


*** Keywords ***
Head Should Be Refused
    [Arguments]    ${field}
    Type Frame With Another    ${field}
    Console Should Report Error    frame_invalid
    Console Should Stay Silent    100 ms
