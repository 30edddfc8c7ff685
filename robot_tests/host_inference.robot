*** Settings ***
Documentation       The mailbox of a firmware without TFLM; runs with INFERENCE=host only.
Resource            resources/machine.resource
Library             rtbench.robot.mailbox_keywords.MailboxKeywords    AS    Mailbox
Suite Setup         Power On
Suite Teardown      Power Off
Test Teardown       Answer Mailbox Again
Test Timeout        2 minutes
Test Tags           inference    host


*** Test Cases ***
Every Result Says Where It Comes From
    Feed Frame    gradient
    Capture And Classify
    Output Should Match Reference
    Every Result Should Say    host

Request That Nobody Answers Ends In Time
    Leave Mailbox Unanswered
    Capture Should Fail With    inference_timeout    command=infer
    Answer Mailbox Again
    Feed Frame    gradient
    Capture And Classify
    Output Should Match Reference

Request That Is Refused Is Told
    Refuse Requests
    Capture Should Fail With    inference_failed    command=infer
    Answer Mailbox Again
    Feed Frame    gradient
    Capture And Classify
    Output Should Match Reference

Profile Has Nothing To List
    Send Command    profile on
    Console Should Log    profile on
    Send Command    infer
    Results Should Follow    1
    Console Should Stay Silent    200 ms

Wrong Claims About The Mailbox Fail
    Feed Frame    gradient
    Capture And Classify
    Run Keyword And Expect Error    results say*    Every Result Should Say    tflm
