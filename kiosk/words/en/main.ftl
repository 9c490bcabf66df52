# English. Every key here is also in vi/main.ftl.

window-title = Health check-in kiosk
simulated = SIMULATED DATA · DỮ LIỆU MÔ PHỎNG
call-staff = Call staff
stop = Stop
back = Back
retry = Try again
language-vi = Tiếng Việt
language-en = English

# Welcome
welcome-title = Welcome
welcome-text = Please have your chip identity card ready, then press the button below to get a queue number.
welcome-begin-health = Get a queue number
welcome-begin-lodging = Register a stay
welcome-begin-exam = Check in to an exam
welcome-emergency = Emergency
welcome-wait = The kiosk is connecting. One moment, please.
welcome-unreachable = The kiosk cannot connect now. Please go to the reception desk.

# A card that lay there before
take-away-title = Please lift the card off the reader
take-away-text = It was on the reader before you began. If it is yours, keep it for the next step.
take-away-other = If it is not yours, please hand it to the staff.

# Consent (what is asked: flows/src/consent.rs)
consent-yes = Yes, I agree
consent-no = No

# Number
number-title = Type the last 6 digits of the number on your card
number-text = The number has 12 digits. It is on the front of the card.
number-example = Only the 6 digits in the yellow frame
number-typed = { $count } of 6 digits typed
number-digit = Digit { $digit }
number-erase = Delete
number-next = Continue

# Present
present-title = Put your card on the reader
present-text = Lay it down flat and leave it there until the kiosk says so.

# Reading
reading-title = Reading. Please leave the card where it is
reading-hello = The card says:
reading-unverified = Not checked yet
reading-file-sod = The issuer's signature
reading-file-dg1 = Basic details
reading-file-dg2 = Photo
reading-file-dg13 = Name and residence
reading-file-dg14 = Security details
reading-file-dg15 = Key against copies
reading-file-other = Other details
reading-done = done
reading-percent = { $percent } percent

# Card trouble
trouble-title = The card could not be read
trouble-number = Type the number again

# Waiting
waiting-session = Getting ready
waiting-next-step = One moment, please
waiting-challenge = Getting ready to read your card
waiting-verdict = Checking your card
waiting-text = This takes a few seconds only.

# Server
server-title = The kiosk cannot connect
server-expired-title = Your time has run out
server-begin-again = Begin again

# Confirm
confirm-title = Is this you?
confirm-number = Personal number
confirm-birth-year = Year of birth
confirm-yes = Yes, this is me
confirm-on-behalf = I am here for this person
confirm-no = No, not me
confirm-portrait = The photo on the card
confirm-no-portrait = The card has no photo

# Choose
choose-reason-title = What brings you here today?
choose-room-title = Which room would you like?
choose-priority-title = Are you one of those who are seen first?
choose-relation-title = What are you to the patient?
choose-companion-title = Which adult is here with you?

# Done
done-title = Your number
done-room = Please go to
done-printing = Printing your ticket.
done-printed = Please take your ticket.
done-print-failed = The printer is not working. Please remember the number.
done-priority = You will be seen first
done-take-card = Remember your card!
done-finish = Finish
done-closes = This closes in { $seconds } seconds. Touch to keep it.
notice-already-checked-in = You already have this number for today.
notice-insurance-valid = Your health insurance is valid.
notice-insurance-renewed = Your new insurance card was used.
notice-insurance-unverified = The insurance system is slow. You will be seen all the same.
notice-insurance-not-valid = Your insurance cannot be used now. Please ask the staff.
notice-insurance-needs-staff = The staff will look at your insurance with you.
notice-priority-by-age = You will be seen first because of your age.
notice-priority-declared = You will be seen first, as you said.

# Staff
staff-title = The staff were called
staff-acknowledged = The staff know and are coming
staff-unanswered-title = Nobody has answered yet
staff-unanswered = The kiosk has called again. You can wait here, or go to:
staff-at-desk-title = The staff go on at the desk
staff-at-desk = Please take your documents with you and go to:
staff-calling = Calling the staff
staff-text = Please wait here for a moment.
staff-not-told-title = Please go to the reception desk
staff-not-told = The kiosk could not reach the staff. You will be served at the desk.
staff-coming = Staff are coming
staff-called = Staff were told
staff-at-desk-short = Goes on at the desk
staff-finish = Finish
staff-closes = This closes in { $seconds } seconds. Touch to keep it.

# Card left behind
take-card-title = Please take your card
take-card-text = It is still on the reader.
take-card-calling = The staff are being told.
take-card-not-told = The kiosk could not reach the staff. If the card is not yours, please take it to the reception desk.
take-card-told = The staff were told and will keep it safe.

# Leaving
leaving-title = Deleting your data
leaving-text = The kiosk is deleting what you typed and what it read from your card.

# Idle
idle-title = Are you still there?
idle-text = The kiosk will stop and delete your data in { $seconds } seconds.
idle-still-here = I am still here

# Reasons: one sentence for each code
reason-security-object-missing = The issuer's signature could not be read. The staff will help you.
reason-security-object-malformed = The card's signature has the wrong form. The staff will look at the card with you.
reason-signer-certificate-missing = The card lacks its signer's certificate. The staff will look at the card with you.
reason-signed-attributes-invalid = The card's signature does not fit its content. The staff will look at the card with you.
reason-signature-invalid = The card's signature is not right. The staff will look at the card with you.
reason-algorithm-unsupported = The kiosk does not know this kind of signature yet. The staff will help you.
reason-data-group-mismatch = What the chip says does not fit its signature. The staff will look at the card with you.
reason-data-group-missing = A part of the card's data is missing. The staff will help you.
reason-data-group-not-listed = The card holds data that nobody signed. The staff will look at the card with you.
reason-data-group-malformed = The kiosk does not understand a part of the card. The staff will help you.
reason-data-groups-disagree = The chip contradicts itself. The staff will look at the card with you.
reason-issuer-unknown = The kiosk does not know who issued this card. The staff will look at it with you.
reason-issuer-signature-invalid = The issuer's certificate is not right. The staff will look at the card with you.
reason-issuer-of-another-state = The card was not signed by the state it names. The staff will look at the card with you.
reason-issuer-certificate-malformed = The card's certificate has the wrong form. The staff will look at the card with you.
reason-issuer-certificate-expired = The issuer's certificate has expired. The staff will help you.
reason-issuer-certificate-not-yet-valid = The issuer's certificate is not valid yet. The staff will help you.
reason-demonstration-issuer-refused = This is a sample card and cannot be used here. The staff will help you.
reason-revocation-not-checked = The list of withdrawn cards could not be checked. The staff will help you.
reason-signer-revoked = The certificate that signed the card was withdrawn. The staff will look at the card with you.
reason-document-revoked = This card was reported as withdrawn. The staff will look at it with you.
reason-chip-key-absent = The chip has no key against copies. The staff will look at the card with you.
reason-chip-proof-unsupported = The kiosk does not know this chip's kind of proof yet. The staff will help you.
reason-chip-proof-invalid = The chip could not prove that it is the original. The staff will look at the card with you.
reason-proof-withheld = The chip did not answer the check. The staff will look at the card with you.
reason-challenge-not-from-server = The check of the chip did not count. Please read the card again.
reason-challenge-expired = Reading took too long. Please read the card again.
reason-challenge-used = This check was used before. Please read the card again.
reason-access-information-mismatch = How the chip opens does not fit what was signed. The staff will look at the card with you.
reason-document-expired = The card has expired. The staff will check you in.
reason-document-not-yet-valid = The card's date of issue has not come yet. The staff will help you.
reason-dates-unreadable = The dates on the card cannot be read. The staff will help you.
reason-staff-rejected = The staff will talk with you about this card.
reason-holder-not-checked = The staff have to see you and the card first.
reason-passive-authentication-not-passed = The card did not pass the check. The staff will look at it with you.
reason-card-not-accepted = The kiosk cannot read this kind of card. Please use your chip identity card.
reason-wrong-can = The 6 digits do not fit this card. Please look at the number again.
reason-mrz-needed = This card does not open with 6 digits. The staff will help you.
reason-too-many-wrong-cans = The digits were wrong 3 times. The staff will help you.
reason-card-removed = The card was lifted while it was read. Please lay it down again and leave it there.
reason-card-present-before = A card already lay on the reader. The staff will help you.
reason-card-left-behind = A card was left on the reader.
reason-card-busy = The reader is busy with something else. Please wait a moment and try again.
reason-reader-gone = The card reader is not connected. You did nothing wrong. Please call the staff.
reason-file-too-large = The card sends too much data. The kiosk stopped. Please try again or call the staff.
reason-chip-endless = The chip never comes to an end. The kiosk stopped. Please try again or call the staff.
reason-file-malformed = The card's data did not arrive right. Please try again or call the staff.
reason-secure-messaging-broken = The link to the card was disturbed. Lay the card flat and try again.
reason-chip-silent = The chip does not answer. Lift the card and lay it down flat again.
reason-help-wanted = You pressed the button for the staff.
reason-consent-refused = You did not agree to the card being read. The staff will check you in as usual.
reason-not-this-person = The card is not yours. The staff will help you.
reason-identity-mismatch = The documents do not belong to one person. The staff will help you.
reason-holder-not-proved = The staff will look at the card with you.
reason-qr-unreadable = This code cannot be read here. Please use your card's code.
reason-qr-malformed = The code on the card was not read well. Please try again.
reason-qr-unsupported = VNeID codes cannot be checked here yet. Please use your card.
reason-vneid-refused = VNeID did not confirm. Please try again or use your card.
reason-vneid-expired = The sign-in at VNeID took over 5 minutes. Please try again or use your card.
reason-vneid-level-too-low = Your VNeID account is not at level 2. Please use your card.
reason-vneid-unavailable = VNeID does not answer. Please use your card.
reason-birth-year-mismatch = The year of birth does not match. Please look again.
reason-details-not-confirmed = The staff will look at your documents with you.
reason-not-a-young-child = Only children under six need no card. Please use a card.
reason-representative-absent = A parent or guardian is needed. The staff will come and help you.
reason-too-many-look-ups = The staff will register you.
reason-emergency = The staff are coming at once.
reason-too-many-attempts = It did not work after several tries. The staff will help you.
reason-no-document = You have no document with you. The staff will help you.
reason-session-expired = Nothing happened for too long. Please begin again.
reason-server-unreachable = The kiosk cannot reach the station. You did nothing wrong. Please try again or go to the desk.
reason-call-refused = The station does not take what this kiosk sends. You did nothing wrong. The staff will help.
reason-card-not-issued = The police ministry does not find this card yet. The staff will help you.
reason-population-mismatch = The card does not fit the population database yet. The staff will help you.
