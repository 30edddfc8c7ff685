*** Settings ***
Documentation       Frames that are logged: records between the console's lines, none lost, none mixed.
Resource            resources/machine.resource
Library             rtbench.robot.logging_keywords.LoggingKeywords
Test Setup          Power On    log
Test Teardown       Power Off
Test Timeout        4 minutes
Test Tags           logging    firmware


*** Test Cases ***
Frames Are Records In Their Order
    Feed Scenes To Log    3
    Send Command    log 3
    Records Should Follow    2    first=1
    Logging Should Say    done    sequence=3    left=0    overruns=0
    Records Should Follow    1    first=3

Label Changed During A Transfer Lands On The Right Frame
    Feed Scenes To Log    3
    Send Command    log 2 label cat
    Records Should Follow    1    label=cat
    Send Command    log 1 label black dog
    Records Should Follow    1    label=cat
    Records Should Follow    1    label=black dog

Commands Are Answered While Frames Are Logged
    Feed Scenes To Log    3
    Send Command    log 3
    Records Should Follow    1
    Type Bytes    info\nnonsense\n
    Records Should Follow    1
    Console Should Log    info
    Console Should Report Error    unknown_command    nonsense
    Records Should Follow    1

Record Is Sent Again
    Feed Scenes To Log    1
    Send Command    log 1
    Records Should Follow    1
    Send Command    resend 1
    Record Should Come Again    1
    Send Command    resend 2
    Console Should Report Error    resend_gone

Request That Was Lost Is Noticed By Its Number
    Send Command    log 1 from 3
    Console Should Report Error    log_order    log 1 from 3
    Send Command    log
    Console Should Report Error    bad_argument
    Send Command    log 1 label
    Console Should Report Error    bad_argument

Eight Records Are Kept At Another Rate
    Change The Rate    3000000
    Feed Scenes To Log    9
    Send Command    log 9
    Records Should Follow    9    first=1
    Send Command    resend 1
    Console Should Report Error    resend_gone
    Send Command    resend 9
    Record Should Come Again    9

Rate Falls Back When Nobody Is Heard
    Change The Rate    921600
    Info Should Show    app=log
    Rate Should Fall Back    115200
    Info Should Show    app=log

Overruns Are Counted And Told
    Feed Scenes To Log    4
    Send Command    log 4 period 200
    Records Should Follow    1
    Logging Should Say    overrun    sequence=2    left=2    overruns=6
    Records Should Follow    3

Logging Can Be Stopped
    Feed Scenes To Log    2
    Send Command    log 0
    Records Should Follow    1
    Send Command    log stop
    Logging Should Say    stopped    left=0
    Records Should Follow    1

Reset Within A Record Mixes Nothing
    Feed Scenes To Log    3
    Send Command    log 2
    Records Should Follow    1
    Reset Within A Record
    Send Command    log 1
    Boot Id Should Be Another
    Logging Should Say    done

Classifier Logs As Well
    [Setup]    Power On    classify
    Feed Scenes To Log    2
    Send Command    log 1 label seen
    Records Should Follow    1    label=seen
    Send Command    run 0
    Send Command    log 1
    Console Should Report Error    busy

Wrong Claims About Records Fail
    Feed Scenes To Log    1
    Send Command    log 1 label cat
    Run Keyword And Expect Error    labelled 'cat', expected 'dog'*
    ...    Records Should Follow    1    label=dog
    Logging Should Say    done
