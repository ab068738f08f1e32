# The English words. Tags are Telegram's: <b>, <i>, <u>, <s>, <code>, closed in order; write & as &amp;.
# A button holds 40 letters, a toast 200.

digits = 0123456789
language-name = English

## Joining

greeting =
    👋 Welcome to <b>Samleng</b>. Here your organisation says what it wants raised at the meeting with the ministry.
    Please choose your language.
ask-language = Which language shall I speak?
consent =
    <b>Before you begin</b>

    • I keep what you send here, sealed, for the organisers of the meeting. I keep no phone number, no name and no username of yours.
    • For each concern you choose whether the ministry, and the other organisations here, see who says it, see only what is said, or see nothing.
    • Telegram, and whoever can compel it, can read this chat. It stays on your phone until you delete it.
    • Details in your words may show who you are even without a name.
    • You need not answer anything. Not answering has no consequence.

    All of it: /privacy. Do you agree?
privacy =
    <b>Privacy, in plain words</b>

    <b>What I keep:</b> your organisation, your answers, the voice notes, photos and documents that you add, and the number of this chat so that I can answer. No phone number, no name, no username, nothing of where a forwarded message came from. Photos and voice notes lose the place, the device and the time that are written in them; documents stay as they are and can name who wrote them.
    <b>How:</b> sealed on the organisers' server. A copied disk cannot be read without its key. Backups are sealed as well, and live 14 days.
    <b>Who reads it:</b> the organisers read everything, and each look at who said what is noted in a log. The ministry and the other organisations here read only what you allow, concern by concern, after the organisers have looked at it. Voice notes, photos and documents stay with the organisers.
    { $kept }
    <b>What you can do:</b> withdraw a concern at any time; see everything about you (/mydata); have it erased (/forget). It is gone from every output at once, from the disk within the hour, and from backups within 14 days.

    <b>What nobody can promise you:</b>
    • Telegram, and whoever can compel it, can read this chat. That you used this bot can be seen by Telegram and on your phone.
    • Screenshots, and an account that was taken over, are out of our reach. Please turn on Telegram's two-step password.
    • Whoever controls the server can read what arrives in the meantime.
    • Details in your words may show who you are even without a name.
    • What was handed over or said aloud cannot be taken back.
    • Old disk cells may remain; they cannot be read once their key is destroyed.
    • If I am down for a day, Telegram drops what waits for me. Only a receipt counts.

    Not answering has no consequence. We promise neither what the meeting will bring nor protection from reprisals.
kept-days = <b>How long:</b> { $days ->
        [one] a day
       *[other] { $days } days
    } after the end of the meeting everything that you and your organisation sent here is erased, and so is everything about you. What stays are counts, the list of registered organisations, and what the ministry promised, with counts of what became of it. You can agree to be asked about a promise later; then only what that takes is kept, and until when is said there. While no day is known for the meeting, it is kept. If the next meeting is announced before that, everything is kept until as long after that one.
kept-until-erased = <b>How long:</b> until the organisers erase it after the meeting. What stays then are counts, the list of registered organisations, and what the ministry promised, with counts of what became of it. You can agree to be asked about a promise later; then only what that takes is kept, and until when is said there.
declined =
    That is all right. Nothing about you was kept. If you change your mind, write /start.
ask-organisation =
    <b>Which organisation do you speak for?</b>
    Please type its name, as you would write it on a letter.
ask-province =
    <b>{ $name }</b>
    In which province does it mainly work?
joined = ✅ Thank you. You now speak for <b>{ $name }</b>.

## Menu

menu =
    <b>{ $name }</b>
    What would you like to do?
menu-draft =
    You have begun a concern: <b>{ $name }</b>. Everything you answered is kept.
menu-organiser =
    <b>Organisers' menu.</b> /help tells what each part is for; /digest brings everything that was submitted, at any time.
untitled = not yet named
help =
    <b>How this works</b>

    1. Press “New concern” and answer one question after the other. You can write, or speak in a voice note.
    2. Every answer is kept at once. You can stop and go on days later.
    3. If you edit a message that you sent, your answer changes too.
    4. At the end you see exactly what will be read, and you get a receipt. Please keep it.

    /menu – the menu
    /mine – what you have sent, and where it stands
    /meeting – what is known of the meeting
    /cancel – leave what you are doing
    /language – another language
    /reminders – whether I remind you
    /verify – whether a receipt was in a digest
    /privacy – what is kept and who reads it
    /mydata – everything I hold about you
    /forget – have everything about you erased
help-organiser =
    <b>For organisers</b>

    /concerns – the concerns, to be gone through one by one: approve, keep back, agenda, merge, ask, reject, write down what is said
    /digest – everything that was submitted, right away; the buttons below it bring the edition for the ministry, or files
    /search – find concerns by words or by a receipt
    /stats – the figures
    /verify – whether a receipt was in a digest, and as what
    /meeting – what is known of the meeting, and how to change it
    /announce – write to many
    /invite – links by which people join
    /orgs – the organisations
    /agenda – what the meeting has time for: proposed, changed by hand, settled; cards for the floor
    /outcome – on the day: one tap for what comes of each item, a clock for each side, what was promised
    /promises – what was promised, by whom and by when, and what became of it
    /audit – who did what and when
    /menu – the menu
    /language – another language
    /privacy – what those who write were told

## Form

progress = <i>{ $number } of { $total }</i>
answer-so-far = Your answer so far: { $answer }
story-hint =
    Write or speak, add photos or documents: as many messages as you like. Then press “Done”.
story-so-far = So far: { $tally }. Send more, or press “Done”.
count-texts = { $count ->
    [one] { $count } text
   *[other] { $count } texts
}
count-voices = { $count ->
    [one] { $count } voice note
   *[other] { $count } voice notes
}
count-photos = { $count ->
    [one] { $count } photo
   *[other] { $count } photos
}
count-documents = { $count ->
    [one] { $count } document
   *[other] { $count } documents
}
disclosure-hint =
    • <b>With our name</b>: the ministry and the other organisations here read it and see your organisation.
    • <b>Without our name</b>: they read it and do not see who says it.
    • <b>Organisers only</b>: nobody else reads it.
disclosure-named = With our name
disclosure-unnamed = Without our name
disclosure-organisers-only = Organisers only
ask-leaving = Shall I keep what you have answered?
ask-deleting = Really delete everything you have answered in this draft? This cannot be undone.

## Review and receipt

review-named = <b>Please check.</b> If the organisers put it forward, the ministry will read exactly this, and so will the other organisations here:
review-unnamed = <b>Please check.</b> If the organisers put it forward, the ministry will read exactly this, and so will the other organisations here, without your organisation's name:
review-organisers-only = <b>Please check.</b> Only the organisers will read this; nobody else will:
review-hint = It has not been sent yet. Press “Submit” when it is right.
receipt =
    ✅ <b>Your concern has been received and is safely stored.</b>

    Your receipt: { $receipt }
    Please keep it. With it you can ask about your concern at any time.
part-voice = 🎤 Voice note, { $length }
part-voice-waiting = 🎤 Voice note, { $length }, not yet written down
part-photo = 🖼 Photo (stays with the organisers)
part-document = 📄 Document (stays with the organisers)
skipped = left out

card-field = <b>{ $name }:</b>
field-organisation = Organisation
field-topic = Topic
field-place = Place
field-title = Title
field-story = What happens
field-affected = Who is affected
field-ask = What should be done
field-urgency = Urgency
field-disclosure = Who may read it

## Buttons

button-agree = ✅ I agree
button-decline = No, thank you
button-back = ‹ Back
button-skip = Skip ›
button-cancel = ✕ Cancel
button-next = Keep this answer ›
button-done = ✅ Done
button-undo = Take back the last one
button-submit = ✅ Submit
button-change = ✎ { $name }
button-keep = Keep it for later
button-delete = 🗑 Delete it
button-continue = Go on with it
button-new = ✍️ New concern
button-languages = 🌐 Language
button-privacy = 🔒 Privacy
button-help = ❓ Help
button-digest = 📋 Digest
button-join = Speak for an organisation
button-shared = Edition for the ministry
button-organisers = Edition for organisers
button-as-messages = Messages
button-as-pdf = PDF
button-as-docx = Word
button-as-xlsx = Excel
button-as-text = Text
button-as-csv = CSV
button-as-json = JSON
button-select = Choose which ›
button-by-status = By status ›
button-select-since = Only what is new
button-select-ever = From the beginning
select-all = all
select-ever = from the beginning
select-since = since digest { $number } ({ $at })
select-no-last = from the beginning, as there was no digest of this selection yet when it was chosen
select-chosen =
    About: <b>{ $topic }</b>
    Place: <b>{ $place }</b>
    Status: <b>{ $status }</b>
    Time: <b>{ $since }</b>
ask-selection = Narrow it down, or choose in which form you want it.
ask-selection-by = Which of these?

## Notes above a question

note-added = ✓ Added.
note-changed = ✓ Changed as you edited it.
note-taken-back = ✓ Taken back.
note-deleted = ✓ The draft is deleted.
note-press-button = Please press one of the buttons below.
note-empty = There was nothing to read in that message. Please try again.
note-too-long = That has { $length } characters; { $limit } fit. Please say it more briefly. It was not kept.
note-number = Please send a whole number from { $min } to { $max }.
note-words-only = Here I need words, please. Voice notes, photos and documents belong to “What is happening?”.
note-story-empty = Nothing has been told yet. Please write, or speak in a voice note, first.
note-story-full = Your story has reached { $limit } characters; that message did not fit and was not added. You can send the rest as a document.
note-too-many-files = A story holds { $limit } voice notes, photos and documents; that one was not added.
note-too-many-pieces = A story holds { $limit } messages; that one was not added. You can send the rest as a document.
note-caption-too-long = The words under it did not fit: a story holds { $limit } characters. The file itself was added.
note-title-needed = Without a voice note it needs a short title, please.
note-missing = One answer is still missing.
note-not-kept = That message was not kept, since no question was open. Please begin with the first button below.
note-edit-unknown = I saw that you edited a message. No answer that is still open came from it, so nothing was changed.
note-video = I cannot keep videos. Please say it in a voice note or in words, or send photos.
note-audio = I cannot keep music files. To speak, please hold the microphone and record a voice note.
note-contact = Please send no phone numbers or contacts. I did not keep it.
note-thing = I cannot use that kind of message, and did not keep it.
note-unreadable = Something reached me that I cannot read. If it was an answer, please send it as plain text, a voice note or a photo.
note-unknown-command = I do not know that command. /help shows what I can do.
note-unknown-link = That link is not valid, or was used already.
note-nothing-to-cancel = There is nothing to cancel.
note-digest-comes = The digest is on its way.
note-failed = Something went wrong with your last message, and it was not kept. Please send it once more.
note-outage = I cannot store anything at the moment, so nothing you send now is kept yet and there is no receipt. Please wait; I go on with it by myself as soon as it works again.
note-away = I was away for a while. If you pressed a button meanwhile, that may not have counted: please press it again below.
note-away-long = <b>I was away</b> from { $since } until { $until }. What you sent meanwhile may have been lost; only a receipt counts. Please look below where you were, and send again what is missing.
toast-old = That button is an old one. Please use the newest message below.
toast-again = That has been received already.
toast-digest = The digest is on its way.

## Joining by invitation, by the registry

uninvited = Taking part is by invitation. Please ask the organisers for your link, and open it.
ask-confirm = You were invited to speak for <b>{ $name }</b>. Is that right?
ask-which = You wrote “{ $name }”. Is it one of these?
button-yes = ✅ Yes
button-no = No
button-none-of-these = None of these – as I wrote it
note-links-closed = Too many links were not valid. Please wait { $minutes ->
        [one] a minute
       *[other] { $minutes } minutes
    } before you open another.
note-vouched = ✓ Thank you. Your invitation now vouches for you.
note-member-already = You already speak for an organisation here. That link was not used up.
note-waits-for-approval = The organisers still have to approve your organisation. What you submit is kept and counted, and waits until then.
note-join-first = Please finish joining first.

## Deadlines, suspension, files

note-suspended = The organisers have suspended your organisation: nothing new can be added at the moment. You can still read and withdraw what you sent. Please ask the organisers.
note-deadline-passed = Concerns were taken until { $date }. That has passed, so this cannot be submitted any more.
note-no-more-edits = Changes were taken until { $date }. That has passed; you can still add a note to your concern.
note-file-too-large = That file is larger than { $limit } MB, more than Telegram lets me fetch, so it was not added. Please send a smaller one: a photo instead of a file, a shorter recording, or the document in parts.
note-file-type = I cannot keep that kind of file, so it was not added. Please send a photo, a voice note, or a document as PDF, Word, Excel or plain text.
note-room-full = The files of your organisation together take { $limit } MB already; that one was not added.
note-names-author = ✓ Added. A document can hold the name of whoever wrote it; it stays with the organisers.
notice-file-refused = A file in your concern “{ $name }” could not be kept: it is of a kind that I cannot keep, or it is damaged. Everything else is kept. Please open the concern and change it: send a photo, a new voice note or a PDF instead.

## Others said something close

close-found = Organisations that have already raised something close: <b>{ $count }</b>. You can add your voice to theirs, or send yours too.
button-send-mine = ✅ Send mine too
button-add-voice = Add our voice to { $number }
note-endorsed-instead = ✓ Your organisation now stands behind it. What you wrote yourself was not sent; it is kept as a draft.

## One's own concerns

button-mine = 📂 My concerns
mine = <b>What you have sent</b>
mine-none = You have not sent a concern yet.
mine-asked = ❓ The organisers have a question.
mine-status = Where it stands: <b>{ $status }</b>
mine-reason = The organisers' reason: { $reason }
mine-into = It is part of: { $name }
card-note = <b>Note:</b> { $text }
card-question = <b>The organisers asked:</b> { $text }
card-no-answer = <i>No answer yet.</i>
card-answer = <b>Answer:</b> { $text }
button-edit = ✎ Change it
button-note = ＋ Add a note
button-reply = ❓ Answer the question
button-withdraw = 🗑 Withdraw it
button-withdraw-really = 🗑 Yes, withdraw it
button-submit-changes = ✅ Submit the changes
button-look = Look at it
button-page-before = ‹ Before
button-page-after = After ›
ask-note = Please write your note; the organisers will read it with your concern.
ask-reply =
    The organisers ask: <b>{ $question }</b>
    Please write your answer. They do not see your Telegram account.
ask-withdrawing = Really withdraw <b>{ $name }</b>? All its words and files are erased and it leaves every later digest; only that it was there is still counted. This cannot be undone. What was handed over before cannot be taken back.
revised = ✅ <b>Your changes have been received and are safely stored.</b> The receipt stays the same: { $receipt }
note-reviewed-again = The organisers will look at it again before it is put forward.
note-cannot-change = This concern cannot be changed any more; you can add a note to it.
note-nothing-changed = Nothing was changed.
note-too-many-changes = This concern has too many changes and notes already. Please ask the organisers.
note-draft-first = Your draft and this concern are too long to be open together. Please send or delete the draft first.
note-concern-gone = This concern is not here any more.
note-noted = ✓ Your note is kept.
note-answered = ✓ Your answer is kept; the organisers will read it.
note-withdrawn = ✓ Withdrawn. What it said is gone.
status-new = received
status-waiting = waits for your organisation's approval
status-approved = reviewed and good
status-held = kept back by the organisers
status-rejected = not taken up
status-merged = part of another concern
status-withdrawn = withdrawn
status-agenda = on the agenda
status-answered = answered
status-promised = something was promised
status-deflected = raised and evaded
status-not-reached = not reached in the time
status-done = the promise was kept

## What others said

button-others = 🤝 Support others
button-by-place = By place ›
button-endorse = 🤝 Our organisation supports this
button-unendorse = Take our support back
others = <b>What others have raised.</b> Choose what you would like to read. An organisation supports a concern once, whoever of you says so.
others-none = There is nothing yet that others let you read.
others-endorsed = ✓ Your organisation supports this.
note-endorsed = ✓ Your organisation now stands behind it.
note-unendorsed = ✓ Your organisation no longer stands behind it.

## The meeting

button-meeting = 📅 Meeting
button-rsvp = Say whether we come
button-rsvp-change = Change our answer
button-coming = ✅ We come
button-not-coming = We do not come
meeting-none = Nothing is known of the meeting yet. You can raise concerns all the same.
meeting-no-date = When: not known yet
meeting-date = When: <b>{ $day }</b>
meeting-tentative = When: not settled yet, one of these days
meeting-place = Where: <b>{ $place }</b>
meeting-no-place = Where: not known yet
meeting-deadline = Concerns are taken until: <b>{ $date }</b>
meeting-closed = Concerns were taken until { $date }
meeting-no-deadline = Until when concerns are taken: not known yet
meeting-capacity = Seats: { $count }
rsvp-yours = <b>Your organisation's answer</b>
rsvp-day = { $day }: { $answer }
rsvp-unasked = not answered yet
rsvp-not-coming = not coming
rsvp-coming = coming, { $count }
ask-coming = The meeting is on <b>{ $day }</b>. Does your organisation come?
ask-could-come = The day is not settled yet. If it is <b>{ $day }</b>: does your organisation come?
ask-people = How many of you come? At most { $limit }.
note-no-seats = Only { $left } seats are left on one of these days; that many people do not fit. The answer was not kept.
note-rsvp-kept = ✓ Your organisation's answer is kept. You can change it at any time.
notice-rsvp = A colleague of your organisation has answered for <b>{ $title }</b>. The latest answer counts; /meeting changes it.

## Notices

notice-approved = Your concern <b>{ $name }</b> was reviewed by the organisers and is good.
notice-held = Your concern <b>{ $name }</b> is kept back by the organisers for now.
notice-rejected = Your concern <b>{ $name }</b> was not taken up by the organisers.
notice-merged = Your concern <b>{ $name }</b> was joined with another that says the same, and is raised together with it.
notice-agenda = 📌 Your concern <b>{ $name }</b> is on the agenda of the meeting.
notice-answered = Your concern <b>{ $name }</b> was answered at the meeting.
notice-promised = Something was promised about your concern <b>{ $name }</b> at the meeting.
notice-deflected = Your concern <b>{ $name }</b> was raised at the meeting, and the answer was evaded.
notice-not-reached = There was no time for your concern <b>{ $name }</b> at the meeting.
notice-done = What was promised about your concern <b>{ $name }</b> was done.
notice-asked =
    ❓ The organisers have a question about your concern <b>{ $name }</b>:
    { $question }
    Press the button to answer. They do not see your Telegram account.
notice-changed = A concern that your organisation supports was changed by those who raised it (<b>{ $name }</b>). Please look whether you still stand behind it.
notice-withdrawn = A concern that your organisation supported was withdrawn by those who raised it (<b>{ $name }</b>). If it should still be raised, please raise it yourself.
notice-withdrawn-by-organisers = Your concern <b>{ $name }</b> was withdrawn by the organisers. What it said is gone.
notice-alone-again = The concern with which yours was joined was withdrawn. Yours stands for itself again.
notice-organisation-approved = ✅ The organisers have approved your organisation. What waited for that no longer waits.

## Leaving

note-data-comes = Everything that I hold about you comes as a file.
ask-forgetting =
    <b>Shall I forget you?</b>

    <b>What goes:</b> your place here, your drafts, and everything you sent: words, voice notes, photos, documents. If nobody else speaks for your organisation, its support for others, its answers about the meeting and, unless the organisers decided about it or it stands in the registry, its name. From every output at once, from the disk within the hour, from backups within 14 days.
    <b>What stays:</b> that there were so many concerns. What was handed over or said aloud. And this chat, on your phone and with Telegram: please delete it there.

    This cannot be undone.
button-forget = 🗑 Yes, forget me
forgotten = You are forgotten here. Please delete this chat on your phone as well. If you come back one day, write /start.
note-last-owner = You are the last owner. Please make somebody else an owner first; without one nobody could look after this forum.

## In groups, and in Telegram's own places

group-start = To raise a concern, please write to me in private: { $link }
bot-description = Here your organisation says what it wants raised at the meeting with the authority: in writing or as a voice note. It is kept sealed, and for each concern you choose who may read it. Press Start.
bot-about = Tell what should be raised at the meeting with the authority.
command-start = Begin
command-menu = The menu
command-mine = What you have sent, and where it stands
command-meeting = What is known of the meeting
command-cancel = Leave what you are doing
command-language = Another language
command-privacy = What is kept and who reads it
command-help = How this works
command-mydata = Everything I hold about you
command-forget = Have everything about you erased
command-digest = Everything that was submitted

## Whether a receipt was in a digest

command-verify = Was a receipt in a digest?
verify-ask = Please write the receipt behind the command, like this: <code>/verify SL-7K3F-9QX2-M4T0</code>. I then say in which digests it was, and as what. A receipt says nothing of what was written.
verify-shape = That is no receipt. A receipt is SL and twelve letters and digits, like SL-7K3F-9QX2-M4T0.
verify-check = This receipt cannot be right: one character is wrong, or two have changed places. Please look at it again.
verify-unknown = I know no concern with this receipt. Perhaps it is another one, or everything about that meeting has been erased since.
verify-found = <b>{ $receipt }</b>. Digests that speak of it: { $count }
verify-digest = <b>Digest { $number }</b>, { $edition }, { $date }
verify-for-organisers = for the organisers
verify-for-ministry = for the ministry
verify-for-group = for the organisers' group
verify-included = ✅ In it as number <b>{ $number }</b>.
verify-merged = 🔗 In it as part of another concern.
verify-merged-into = 🔗 In it as part of { $receipt }.
verify-withdrawn = Counted as withdrawn.
verify-held = Counted as kept back by the organisers.
verify-waiting = Counted as waiting for its organisation's approval.
verify-rejected = Counted as not taken up.
verify-organisers-only = Counted only: its author lets only the organisers read it.
verify-unreviewed = Counted only: it had not been reviewed yet.
verify-erased = It was withdrawn since. What it said is erased here; that it was there stays.
verify-fingerprint = Fingerprint: <code>{ $digits }</code> …
verify-more = Older digests that speak of it as well: { $count }
verify-compare = The fingerprint stands on the title page of the digest as well. If both begin in the same way, that is the digest of which I speak.
verify-none = <b>{ $receipt }</b>. No digest that was handed out speaks of it so far.
verify-will-be = It will be in the next one.
verify-will-be-inside = It will be in the next one for the organisers. In the ministry's it will be counted only: its author lets only the organisers read it.
verify-not-reviewed = It will be in the next one for the organisers. In the ministry's it will be once it has been reviewed.

## What is held about a person

held-title = <b>Everything that I hold about you</b>
held-member = You speak for { $name }. You agreed to the privacy notice on { $date }.
held-draft = <b>Your draft</b>
held-version = <b>Before you changed it</b>
held-files = Files: { $count }
held-support = Concerns that you spoke for supporting: { $count }
held-rsvps = Answers that you gave about the meeting: { $count }
held-data = <b>The same as data, exactly as it is stored. Besides it I hold keyed hashes of your chat's number and of your receipts, by which I find it.</b>

## Digest

digest-title-organisers = <b>Digest for the organisers</b>
digest-title-shared = <b>Digest for the ministry</b>
digest-made = As of { $date }
digest-by-topic = <b>By topic</b>
digest-by-place = <b>By place</b>
digest-by-urgency = <b>By urgency</b>
digest-sum = { $name }: <b>{ $count }</b>
digest-count = { $name }: { $count }
digest-other = Others together
digest-no-breakdown = Too few organisations for a breakdown that would not single anybody out.
digest-empty = Nothing has been submitted that belongs in this digest.
digest-empty-withheld = Nothing is in this edition yet. Only what the organisers have approved, and what its author lets the ministry read, comes into it.
digest-topic = <b>{ $name }</b>
digest-attached = It is long, so the whole of it is in the file.
digest-being-made = ⏳ { $name }: being made …
digest-progress = ⏳ { $name }: { $done } of { $of } files are made …
digest-ready = <b>{ $name }</b> of digest { $number }{ $files ->
    [one] {""}.
   *[other] {""}: { $files } files. The first is the summary, the others hold the concerns.
}
digest-not-made = { $name } could not be made this time. The digest comes as a text file instead.
digest-unnamed = An organisation that is not named
digest-unverified = unverified
digest-behind = Organisations behind it: { $count }
digest-field = { $name }: { $value }
report-part = Part { $part } of { $parts }: concerns { $first } to { $last }
report-rest = { $count } others together
figures-title = Figures
figures-heard = organisations heard, of { $joined } that joined
figures-received = concerns received

## Organisers: the menu

menu-auditor = <b>Auditor's menu.</b> /audit shows who did what and when, never what was said.
help-owner =
    /people – who helps you: name somebody by a link that works once, change or take a role
    /bind – write this in the organisers' group: new concerns appear there; /unbind ends it
help-auditor =
    <b>For auditors</b>

    /audit – who did what and when, never what was said
    /menu – the menu
    /language – another language
button-concerns = 📥 Concerns · { $count }
button-announce = 📢 Announce
button-stats = 📊 Figures
button-invite = ✉️ Invite
button-organisations = 🏛 Organisations
button-edit-meeting = 📅 Edit the meeting
button-people = 👥 Organisers
button-audit = 🧾 Audit log
button-search = 🔎 Search
button-open = Open it in private
note-not-allowed = Your role does not allow that, or it cannot be done now.
note-done = ✓ Done.
note-stats-come = The figures are on their way.
toast-organisers-only = Only the organisers can use these buttons.
toast-in-private = It is in our private chat.
toast-concern-gone = This concern is not here any more.
toast-changed-meanwhile = It has changed meanwhile. Please look again.
toast-decided = ✓ Now: { $status }
toast-stopped = ✓ Stopped. What is on its way still arrives.

## Organisers: the queue

concerns = <b>Concerns.</b> Not yet decided: { $open }. What would you like to go through?
concerns-none = Nothing has been submitted yet.
lens-new = Newest first
lens-urgent = Most urgent first
lens-voice = 🎤 To write down
lens-asked = ❓ Unanswered
lens-held = ⏸ Kept back
lens-approved = ✅ Approved
lens-agenda = 📌 Agenda
lens-merged = 🔗 Merged
lens-rejected = ✕ Rejected
lens-all = All
lens-found = Found
button-by-topic = By topic ›
ask-topic = Which topic?
ask-search = Please write the words, or a receipt. I look for concerns in which all of the words stand.
queue-done = ✓ That was the last one here.
queue-left = ✓ You are through. Passed over, or new meanwhile: { $count }.
queue-empty = There is nothing here.
note-nothing-found = Nothing was found for “{ $words }”.

## Organisers: one concern

button-approve = ✅ Approve
button-hold = ⏸ Keep back
button-agenda = 📌 Agenda
button-reject = ✕ Reject…
button-merge = 🔗 Merge into…
button-unmerge = ✂️ Undo the merging
button-ask = ❓ Ask…
button-approve-author = 🏛 Approve the organisation
button-hear = ▶ Voice { $number } · { $length }
button-write-down = ✍️ Write it down
button-photo = 🖼 { $number }
button-document = 📄 { $number }
card-submitted = Submitted: { $date }
card-parts = Merged into it, { $count }: { $names }
card-spoken = <b>🎤 { $number }, written down:</b> { $text }
card-spoken-waits = <b>🎤 { $number }, written down, waits for its author's yes:</b> { $text }
card-close = <i>Says something close: { $names }</i>
ask-reason = Why is <b>{ $name }</b> not taken up? Please write the reason; its author reads it.
ask-question = What would you like to ask about <b>{ $name }</b>? The question goes to its author; neither of you sees the other's Telegram account.
ask-spoken = Please listen, and write down what is said in the voice note of <b>{ $name }</b>, word for word. Its author then says whether it is right.
ask-merge = Into which concern does <b>{ $name }</b> go? Choose one, or write words or a receipt to find another.
note-decided = ✓ <b>{ $name }</b>: { $status }.
note-asked = ✓ The question is on its way to the author.
note-written-down = ✓ Its author is asked whether that is right.
note-changed-meanwhile = This concern has changed since you looked. Here it is as it is now; nothing was decided.
note-file-comes = The file is on its way.
note-file-not-here = That file has not been fetched yet. Please try again in a minute.
note-file-gone = That file could not be kept.
note-no-receipt = No concern has this receipt.
note-question-open = Its author has not answered the last question yet.
note-too-many-questions = No more questions can be asked about this concern.
note-into-itself = A concern cannot be merged into itself.
note-whole-gone = That one does not stand for itself any more. Please choose another.
note-is-whole = Others were merged into this one. Please undo that first, or merge the other one into this.
note-voice-gone = That voice note is not here any more.
note-voice-approved = Its author has already said what is said in it; that stands.
note-organisation-approved = ✓ The organisation is approved; what waited for that no longer waits.

## Voice notes in writing, for their authors

notice-written-down =
    🎤 The organisers have written down the voice note of your concern <b>{ $name }</b>:
    { $text }
    Press the button to say whether that is right. Before you do, nobody else reads it.
mine-spoken =
    <b>🎤 { $number }, as the organisers wrote it down:</b> { $text }
    Is that what you said?
button-right = ✅ { $number }: yes, I said that
button-correct = ✎ { $number }: no, correct it
ask-correction = Please write what you said, word for word. It is read as you write it.
note-spoken-approved = ✓ Thank you. It is read in these words.
notice-unmerged = Your concern <b>{ $name }</b> is no longer joined with another; it stands for itself again.
notice-answer = ❓ Your question about { $receipt } was answered.

## The organisers' group

group-bound = ✓ This is the organisers' group from now on. Each new concern appears here as a card: what is said, not by whom. <b>Everybody in this group reads that</b>, so please let only those be in it who prepare the meeting. Not yet decided, in /concerns in our private chat: { $waiting }.
group-unbound = This is no longer the organisers' group. No new concerns appear here.
group-owner-only = Only an owner can do that.
group-withdrawn = { $receipt } was withdrawn. What it said is gone.
group-asked = ❓ <i>Its author was asked something.</i>
group-in-private = Please do that in our private chat: { $link }
note-no-group = No group is the organisers' at the moment.
note-bind-in-group = Please write /bind in the organisers' group itself, after adding me there.
notice-group-lost = ⚠️ I was removed from the organisers' group, so new concerns no longer appear there. If that was not meant: add me again and write /bind there.
notice-erased = 🗑 Everything that people and organisations sent here was erased, and so were they. The figures, the roles and the audit log stay, and what was promised with counts of what became of it.
notice-restored = ⚠️ I was restored from the backup of <b>{ $date }</b>. What came after that is missing here. Please ask everybody to look at /mine, and to send again what is not there.
notice-salvaged = ⚠️ What I keep was damaged. What could still be read is here again, together with the newest backup where there is one. Some of what was sent may be missing. Please ask everybody to look at /mine, and to send again what is not there.
notice-restored-erased = What was withdrawn or erased since is not back.
notice-restored-unknown = What was withdrawn or erased since is not known any more, so it may be back. Please ask those whom it concerns to withdraw it again.
notice-restored-look = What was waiting to be sent then is not sent: it may have been. Please look at /people and /invite as well: whoever got a role since has it no more, and a link that was taken back since is good again. Whatever was changed since is as it was: look through it before you hand anything over, and delete by hand cards in the group that came after that day.
notice-backup-failed = ⚠️ No backup can be made. The newest is of <b>{ $date }</b>. Whoever looks after the server finds the reason in its log. I try again every hour.
notice-backup-none = ⚠️ No backup can be made, and there is none yet. Whoever looks after the server finds the reason in its log. I try again every hour.

## Announcements

ask-audience = <b>To whom?</b> I write only to those who speak for an organisation here.
audience-everyone = Everybody
audience-coming = Those who come
audience-undecided = Those who have not said if they come
audience-silent = Those who have submitted nothing
audience-draft = Those with an unfinished draft
audience-unreachable = Organisers: who cannot be reached
audience-owners = Owners
ask-announcement =
    <b>To: { $name }</b> ({ $count })
    Please write what they should read. You see it once more before it goes.
announcement =
    📢 <b>From the organisers of the meeting</b>

    { $text }
announcement-meeting =
    📢 <b>What is known of the meeting has changed</b>

    { $changes }

    /meeting shows all of it.
preview = <b>To: { $name }</b>, people: <b>{ $count }</b>. Each of them will read exactly this:
preview-meeting = Shall I tell those whom it concerns? <b>To: { $name }</b>, people: <b>{ $count }</b>. It is offered this once; /announce remains. Each reads it in their language:
button-send = Send to { $count }…
button-do-not-send = Do not tell them
button-send-really = ✅ Yes, send to { $count }
ask-sure = <b>Really send it? Recipients: { $count }.</b> What has been sent cannot be taken back.
note-announced = ✓ It is going out. The message below tells how far it is.
note-nobody = There is nobody to write to.
note-too-many-people = These are more people than one announcement reaches.
note-nothing-to-stop = There is nothing to stop.
report-running = 📢 <b>On its way to: { $name }</b>
report-over = ✅ <b>Sent to: { $name }</b>
report-stopped = ⏹ <b>Stopped. It was for: { $name }</b>
report-sent = Sent: <b>{ $count }</b> of { $people }
report-unreachable = Cannot be reached: { $count }
report-not-sent = Not sent, since it was stopped: { $count }
report-waiting = Waiting: { $count }
button-stop = ⏹ Stop it

## Invitations

invite =
    <b>A link by which people join</b>
    For: <b>{ $whom }</b>
    How many may join by it: { $uses }
    Good: { $until }
invite-any = any organisation
invite-many = { $count } organisations, a link each
invite-days = for { $days } days
invite-no-end = without end
button-make = ✅ Make the link
button-for-one = For one organisation…
button-for-any = For any
button-for-list = For a list…
button-for-missing = For all who are missing
button-uses = How many ›
button-days = How long ›
button-made = Links that were made ›
button-revoke = 🗑 Take the link back
ask-invite-whom = For which organisation? Please write its number in the registry, or its name.
ask-invite-list = Please write the organisations, one a line: their numbers in the registry, or their names. A file with a link each comes back.
note-unknown-lines = I do not know { $count } of these, so no link was made: { $lines }
note-list-too-long = That is a list of { $count }; { $limit } fit. Please send it in parts.
note-links-come = ✓ Made. What you need comes below.
invitations = <b>Links that were made</b>, the newest first. The links themselves are kept nowhere.
invitations-none = No links have been made yet.
invitation-good = may still be used: { $uses }
invitation-revoked = taken back
invitation-over = used up or expired
invitation-until = Good until { $date }
note-revoked = ✓ Taken back. Nobody joins by it any more.
note-invitation-gone = There is no such link.
link-invitation =
    Invitation for <b>{ $name }</b>, may be used: { $uses }
    { $link }
    Whoever opens it joins by it. It is kept nowhere: please pass it on now.
link-role =
    For <b>{ $called }</b>. Role: <b>{ $role }</b>. Whoever opens this first has it; it works once, within seven days.
    { $link }
    Please pass it on in a way that you trust.

## Organisations

organisations = <b>Organisations: { $count }.</b> Those that wait for approval stand first. Write a name or a number to find one.
organisation-approved = approved
organisation-suspended = suspended
organisation-plain = not approved
organisation-in-log = In the audit log: organisation { $number }
organisation-number = Number in the registry: { $number }
organisation-members = People who speak for it: { $members }. Concerns: { $concerns }.
button-approve-organisation = ✅ Approve it
button-suspend = ⏸ Suspend it
button-plain = Neither approved nor suspended
button-rename = ✎ Rename it…
button-merge-organisation = 🔗 It is another…
button-merge-really = 🔗 Yes, they are one
ask-rename = What is <b>{ $name }</b> to be called?
ask-merge-organisation = Which organisation is <b>{ $name }</b> in truth? Please write its name or number.
ask-merge-organisation-really = <b>{ $from }</b> becomes <b>{ $into }</b>: its people, concerns, support and answers. It counts as one voice from then on. This cannot be undone.
notice-organisation-merged = The organisers have found that your organisation stands here twice. You speak for <b>{ $name }</b> from now on; everything that you sent stays yours.
note-no-organisation = No organisation has this name or number.
note-name-taken = Another organisation has this name. If they are one, merge them.
note-same-organisation = That is the same organisation.

## Who has which role

role-owner = owner
role-organiser = organiser
role-auditor = auditor
people = <b>Those with a role.</b> I keep no Telegram names: they are called as you called them. The number is the one in the audit log.
colleague-number = Person { $number }
colleague-unreachable = cannot be reached
button-offer = ＋ Add: { $role }
button-give = Make: { $role }
button-take-role = 🗑 Take the role away
ask-called = Role: <b>{ $role }</b>. What do you call the person who is to have it? Only those with a role see it, and the person themselves in /mydata.
note-role-link = ✓ The link comes below. Whoever opens it first has the role: { $role }.
note-no-role = That person has no role any more.
note-own-role = That is you. Only another owner can change your role.
note-last-owner-there = That is the last owner; without one nobody could look after this forum.
note-role-already = You may do that already. The link was not used up.
notice-role-given = Your role here: <b>{ $role }</b>. /help tells what that means.
notice-role-taken = You no longer have a role here. Thank you for your work.
notice-role-taken-up = The link for <b>{ $called }</b> was opened. Whoever did so has the role now: <b>{ $role }</b>. If that was not the right person, take the role away in /people.

## The audit log

audit = <b>Audit log.</b> Entries: { $count }, whole and as they were written.
audit-tampered = ⚠️ <b>Audit log: it was tampered with at entry { $place }.</b>
audit-entry = { $date } · <b>{ $who }</b>: { $deed }
who-command-line = on the server
who-program = the program
deed-owner-claimed = became the owner
deed-role-offered = made a link: { $role }
deed-concern = concern { $number }
deed-role-given = role of { $person }: { $role }
deed-role-taken = took the role of { $person }
deed-group-bound = bound the organisers' group
deed-group-unbound = unbound the organisers' group
deed-group-lost = the bot was removed from the organisers' group
deed-looked = looked at { $concern }
deed-file-seen = had a file of { $concern } sent
deed-searched = searched
deed-digest = had the organisers' digest
deed-shared-digest = had the digest for the ministry
deed-audit-read = read the audit log
deed-exported = exported everything
deed-status = { $concern }: { $status }
deed-merged = merged { $part } into { $whole }
deed-unmerged = undid the merging of { $concern }
deed-asked = asked about { $concern }
deed-written-down = wrote down a voice note of { $concern }
deed-meeting = changed what is known of the meeting
deed-organisation-approved = approved organisation { $organisation }
deed-organisation-suspended = suspended organisation { $organisation }
deed-organisation-plain = organisation { $organisation } is neither approved nor suspended
deed-organisation-renamed = renamed organisation { $organisation }
deed-organisations-merged = organisation { $from } became { $into }
deed-invited = made links: { $count }
deed-revoked = took back link { $invitation }
deed-registry = read the registry: { $count }
deed-announced = announced something to { $people } people
deed-stopped = stopped an announcement
deed-erased = erased everything about people
deed-restored = restored everything from the backup of { $date }

## Editing the meeting

meeting-field-title = Title
meeting-field-days = When
meeting-field-place = Where
meeting-field-deadline = Concerns until
meeting-field-capacity = Seats
meeting-field-people = People per organisation
meeting-field-zone = Time zone
meeting-unknown = not known
meeting-untitled = The meeting
meeting-changes = <b>Changes, not saved yet:</b>
meeting-is-next = This is about the next meeting: <b>{ $title }</b> is over.
button-last-meeting = ✎ Put the last meeting right
meeting-change = • { $name }: <s>{ $was }</s> → <b>{ $is }</b>
meeting-same = • { $name }: <b>{ $is }</b>
note-day-past = That day has passed, so nothing was changed.
note-meeting-not-saved = Nothing was saved.
button-save = ✅ Save
button-unknown = Not known
ask-meeting-title = What is the meeting called? One line for all languages, or a line for each: Khmer, then English.
ask-meeting-days = When is it? For example <code>17/1/2027 8:30</code>. Several lines are candidates; the time may be left out.
ask-meeting-place = Where is it? One line for all languages, or a line for each: Khmer, then English.
ask-meeting-deadline = Until when are concerns taken? For example <code>10/1/2027 17:00</code>; without a time, until the end of that day.
ask-meeting-capacity = How many seats are there?
ask-meeting-people = How many people may come of one organisation?
ask-meeting-zone = In which time zone is it? Now: { $zone }. Write its name, for example <code>Asia/Phnom_Penh</code>.
note-not-understood = I could not read that, so nothing was changed.
note-meeting-changed-meanwhile = Somebody else has changed the meeting meanwhile. Please look at it as it is now; nothing was saved or sent.
note-meeting-saved = ✓ Saved.

## Figures

stats-title = 📊 <b>Figures</b>, as of { $date }
stats-organisations = Organisations here: <b>{ $joined }</b>; heard: <b>{ $heard }</b>
stats-by-status = <b>Where they stand</b>
stats-voice = Voice notes not yet written down: { $count }
stats-asked = Questions without an answer: { $count }
stats-coming = <b>Who comes</b>
stats-day = { $day }: organisations { $organisations }, people { $people }

## Earlier meetings

archives = <b>Earlier meetings</b>
archive = <b>{ $title }</b> · { $days }
archive-untitled = A meeting without a title
archive-now = <b>This meeting, counted alike</b>
archive-raised = Organisations that raised something: { $organisations }
archive-came = What came of them: { $counts }
archive-spoken = Spoke: organisations { $ours }, ministry { $theirs }
archive-topics = By topic: { $counts }
archive-places = By place: { $counts }
archive-totals = Received: { $received }; in the digest { $included }, merged { $merged }, withdrawn { $withdrawn }, held { $held }, not taken up { $rejected }
archive-people = Organisations that raised something: { $organisations }; people who took part: { $people }

## The agenda

button-plan = 🗓 Agenda
command-agenda = The agenda: what the meeting has time for
minutes = { $minutes } min
percent = { $number }%
agenda-title = <b>The agenda.</b> Every organisation that speaks here has the same share of the time, so that neither a large network nor the ministry fills the day.
agenda-time = Time: { $total }; openings { $opening }, replies { $reply }, for items <b>{ $items }</b>. An item takes { $item } where nothing else is said.
agenda-making = ⏳ <i>It is being worked out anew and comes in a moment.</i>
agenda-open = Not settled yet: this is a proposal.
agenda-settled = Settled: { $date }.
agenda-changed = ⚠️ Settled: { $date }. It has changed since; what you see is not settled.
agenda-in = <b>In, { $count }</b>, in the order in which they are spoken of: { $minutes }; left over: { $left }.
agenda-over = ⚠️ What was put in by hand takes { $minutes } more than there is.
agenda-out = <b>Out, { $count }:</b>
agenda-no-voice = None of the organisations behind these is approved. Only approved ones have a voice here: /orgs.
agenda-nothing = Nothing can be raised yet. What is approved, and what its author lets the ministry read, comes here.
agenda-entry = { $number }. <b>{ $name }</b> · { $minutes }
agenda-item = Takes: { $minutes }. Organisations with a voice behind it: { $supporters }
agenda-place = Place in the speaking order: <b>{ $place }</b> of { $all }
why-carried = In, because the organisations behind it have enough of the time together: paid by { $paid }, each { $price } of its share at most.
why-completed = In, because the organisations behind it have enough of the time together, once what nobody had used was shared out as well: paid by { $paid }, each { $price } of its share at most.
why-filled = In, because it fitted into the { $left } that were left, after all with more support had their turn.
why-put-in = Put in by the organisers: { $reason }
why-taken-out = Taken out by the organisers: { $reason }
why-moved = Moved in the speaking order by the organisers: { $reason }
why-unsupported = Out, because no organisation with a voice stands behind it: one has a voice once it is approved, and while it is not suspended.
why-too-long = Out, because it takes longer than the { $budget } that there are.
why-too-few = Out, because the shares of the organisations behind it are { $had } together and it takes { $needed }; in the end { $left } were left.
why-spent = Out, because the organisations behind it have spent their shares on others that are in ({ $others }): they have { $had } left together, and in the end { $left } were left.
brief-carried = Carried by the shares of the time of those who stand behind it.
brief-filled = It found room in the time that was left.
brief-too-long = It takes longer than there is time.
brief-no-room = The shares of the time of those who stand behind it went to others, or were not enough.
agenda-compare = <b>With most votes first.</b> This is in what an agenda would differ that takes what most organisations stand behind, until the time is full.
agenda-gained = <b>In now, and would not be:</b>
agenda-lost = <b>Out now, and would be in:</b>
agenda-votes = { $number }. <b>{ $name }</b> · organisations: { $supporters }
agenda-same = Nothing: the agenda would be the same.
ask-settle = Settle the agenda as it is? Items in it: <b>{ $count }</b>. Newly on it: { $come }; no longer on it: { $leave }. The authors of these are told at once.
button-settle = ✅ Settle it…
button-settle-really = ✅ Yes, settle it
button-times = ⏱ Time
button-compare = ⚖️ Most votes first
button-agenda-text = 📄 Agenda
button-agenda-docx = 📝 DOCX
button-agenda-pdf = 🖨 PDF
button-agenda-xlsx = 📊 Excel
button-agenda-csv = 📋 CSV
button-agenda-json = 🔧 JSON
button-cards = 🗂 Cards
button-cards-docx = 🗂 DOCX
button-cards-pdf = 🗂 PDF
button-card = 🗂 Card
button-put-in = ➕ Put it in…
button-take-out = ➖ Take it out…
button-take-back = ↩️ Decide by the method
button-earlier = ⬆️ Earlier
button-later = ⬇️ Later
button-order-back = ↩️ Order by the rule
button-minutes = ⏱ Minutes
button-as-others = As long as others
agenda-times = <b>How the meeting's time is divided</b>
span-total = The whole meeting
span-item = An item
span-items = All items
span-opening-organisations = Opening, organisations
span-opening-authority = Opening, ministry
span-reply-organisations = Replies, organisations
span-reply-authority = Replies, ministry
ask-minutes = How many minutes? <b>{ $name }</b>, now: { $now }. Choose, or write a number.
ask-percent = How much, of what the openings leave? <b>{ $name }</b>, now: { $now }. Choose, or write a number of percent.
ask-put-in = Why is <b>{ $name }</b> put in? Please write the reason; it stands wherever the agenda is shown, so whoever gets the agenda reads it.
ask-take-out = Why is <b>{ $name }</b> taken out? Please write the reason; it stands wherever the agenda is shown, so whoever gets the agenda reads it.
ask-earlier = Why is <b>{ $name }</b> spoken of earlier? Please write the reason; it stands wherever the agenda is shown, so whoever gets the agenda reads it. Once it is said, you can move it on, place by place.
ask-later = Why is <b>{ $name }</b> spoken of later? Please write the reason; it stands wherever the agenda is shown, so whoever gets the agenda reads it. Once it is said, you can move it on, place by place.
note-no-meeting = Nothing is known of the meeting yet. Please say with /meeting what it is called or when it is; then it gets an agenda.
note-no-time = That would leave no time for anything to be raised, so nothing was changed.
note-not-raised = This concern cannot be raised at the meeting: it was withdrawn, it is not approved, or only organisers may read it.
note-agenda-changed = The agenda has changed since you looked. Here it is as it is now; nothing was decided.
note-agenda-settled = ✓ The agenda is settled; the authors are told.
note-paper-comes = It is on its way.
paper-agenda = Agenda
paper-cards = Cards for the floor
paper-for-organisers = For organisers only: please do not hand these over
paper-in = What is raised
paper-out = What is not raised
raised-yes = raised
raised-no = not raised
column-raised = Raised?
column-minutes = Minutes
column-why = Why
column-moved = Moved by the organisers: why
paper-proposal = A proposal: it is not settled.
floor-ask = We ask: { $ask }
floor-speaks = Speaks: { $names }
floor-unnamed = Speaks: the organisers, for an organisation that is not named
floor-receipts = Receipts: { $receipts }
deed-agenda-planned = changed how the meeting's time is divided
deed-item-timed = changed how long { $concern } takes
deed-item-by-hand = decided by hand about { $concern } on the agenda
deed-agenda-settled = settled the agenda
deed-agenda-taken = had the agenda or its cards

## Promises, and what became of them

button-promises = 🤝 Promises
command-promises = What was promised, and what became of it
promises-title = <b>What the ministry promised</b>
promises-none = Nothing was written down yet. What is promised on the floor comes here; what you hear elsewhere you can add yourself.
score-of = <b>{ $meeting }</b>
score-line = Promises: <b>{ $made }</b>. { $parts }
standing-kept = kept
standing-partly = kept in part
standing-broken = not kept
standing-nobody = nobody has said yet
standing-too-few = not enough answers
score-made = Promises
score-chart = Promises, { $meeting }: { $made }
document-promises = What became of what was promised
standing-not-due = not due yet
promise-entry = { $number }. <b>{ $text }</b> – { $standing }
promise-answers = Answers <b>{ $name }</b>, { $receipt }
promise-stands = Stands at: <b>{ $standing }</b>
promise-asked = Asked for { $date }; people: { $people }
promise-place = { $place }: { $counts }
counts = done { $done }, in part { $partly }, not done { $not_done }
promise-elsewhere = no place
promise-evidence = To keep what shows that this was promised, send a photo or a document now.
button-add-promise = ➕ Add a promise
button-reports = 💬 What they say ({ $count })
button-evidence = 📎 Evidence { $number }
button-take-promise-back = 🗑 Take it back
button-report-photo = 📷 Photo { $photo }, of { $number }
promise-apart = Not counted, since not approved or suspended: { $counts }
promise-heard = The organisers heard: { $verdict }
promise-hear = No approved organisation has answered. If you heard what became of it, you can write that down as yours: it counts only until one of them answers.
button-heard = 👂 We heard: { $verdict }
button-unheard = 🗑 We heard nothing
note-heard = ✓ Written down as what the organisers heard.
report-apart = <i>Not counted: the organisation is not approved, or is suspended.</i>
report-later = <i>Not counted: somebody else of the same organisation answered later.</i>
button-save-promise = ✓ Save
button-not-said = That was not said
report-entry = { $number }. <b>{ $name }</b>, { $place }: { $verdict }
promise-draft = <b>The promise.</b> Nothing of this counts before you save it.
facet-text = What
facet-owner = By whom
facet-due = By when
facet-topic = Topic
facet-concern = Answers the concern
facet-meeting = At which meeting
ask-promise-text = What was promised? Please write it as it was said, in a sentence or two. It stands in the next digest, so the ministry reads it: name nobody who raised it.
ask-promise-owner = Who is to do it? Please write the office, such as a department or a provincial hall.
ask-promise-due = By when? Please write the day, such as 2027-03-01 or 1/3/2027. On that day those who stand behind the concern are asked whether it was kept where they are.
ask-promise-topic = What is it about?
ask-promise-concern = Which concern does it answer? Please write its receipt. Something must have been promised about it.
ask-promise-meeting = At which meeting was it promised?
note-promise-not-saved = Nothing of this is saved yet. To keep it, press Save. To drop it, go back once more.
note-due-before = That day is before the meeting at which it was promised. Please write a later one.
note-not-due-yet = The day of this promise has not come, so nothing can be said yet of what became of it.
note-evidence-only = Only a photo or a document can show that this was promised.
note-too-much-evidence = { $limit } files can show that this was promised; that one was not added.
notice-evidence-refused = A file that you sent to show that <b>{ $name }</b> was promised could not be kept: it is of a kind that I cannot keep, or it is damaged. It takes no place there. Please send it once more in /promises as a photo or a PDF.
ask-take-promise-back = Take back <b>{ $text }</b>? It goes from the score, and with it what organisations said of it ({ $count }).
note-promise-date = I could not read a day in that. Please write it like 2027-03-01 or 1/3/2027.
note-promise-saved = ✓ The promise is written down.
note-promise-taken-back = ✓ The promise is taken back.
promise-text = 🤝 <b>{ $text }</b>
promise-owner = Who is to do it: { $owner }
promise-due = By: { $date }
promise-no-due = No day was named.
ask-promise = <b>Was this kept where you are?</b> It was promised at the meeting, and its day has come. One tap is enough. You need not answer, and nothing happens if you do not.
promise-readers = <i>The organisers see what you say, and for which organisation. Colleagues who stand behind it as well learn only whether it was done. The ministry and other organisations get counts at most.</i>
promise-follow = By that day everything about you may have been erased. If you agree, you are asked then all the same, with one tap for an answer. For that only this is kept, until { $until }: this chat, your language, your province, what you answer and whether it counts, and a mark that people of one organisation share, but not which organisation that is. The organisers get counts only. /forget or /stop ends it at once. You need not agree.
promise-followed = You agreed to be asked about this, even if everything else about you has been erased by then. What is needed for that is kept until { $until }.
promise-voice = <i>Everything else about you has been erased. As you agreed, only what this question takes is kept until { $until }: this chat, your language, your province, your answer and whether it counts, and the mark that people of your organisation share. The organisers get counts only.</i>
button-follow = 🔔 Yes, ask me then
button-unfollow = 🔕 Do not ask me
button-ask-later = 🔔 Shall I ask you then?
note-followed = ✓ Agreed. You are asked on its day.
note-unfollowed = ✓ You are not asked, and nothing is kept of you for it.
notice-promise-made = What was promised about something that you raised, or stand behind, is written down:
notice-promise-late = By that day everything about you may have been erased. You can choose now whether you are asked then if it was kept.
held-voice = You agreed to be asked what became of <b>{ $promise }</b>. For that this chat is kept until { $until }.
button-kept-here = ✅ Done here
button-kept-partly = 🌓 In part
button-not-kept-here = ❌ Not done here
button-promise = 🤝 { $text }
button-report-alone = 🗑 Without words and photos
verdict-done = done
verdict-partly = done in part
verdict-not-done = not done
button-carry = ↪️ Raise it again
button-carry-one = ↪️ Raise { $number } again
carry-offer = <b>{ $title }</b> is being prepared. The last meeting left something of yours without an answer, or what was promised about it was not kept:
carry-more = And { $count } more, under “My concerns”.
carry-how = If it still matters, one tap raises it again: as it stands, with a new receipt. Not answering has no consequence.
notice-not-done = What was promised about your concern <b>{ $name }</b> no longer counts as done: of the organisations that answered, not more than half say so now.
mine-carry = The meeting did not settle this. You can raise it again at the next one with one tap; it is sent as it stands.
mine-carried-from = Raised again from <code>{ $receipt }</code>
mine-carried-to = Raised again as <code>{ $receipt }</code>
note-not-carried = This cannot be raised again now: it was already, or no other meeting is ahead.
note-carry-anew = The form, the topics or the places have changed since, so this cannot be raised again with one tap. Please raise it as a new concern.
promise-yours = You answered for your organisation: <b>{ $verdict }</b>.
promise-note = In your words: { $text }
promise-photos = Photos: { $count }
promise-colleague = A colleague answered for your organisation as well: <b>{ $verdict }</b>. The latest answer counts.
note-report-full = Beside an answer { $limit } characters in { $pieces } messages have room; that message was not added.
note-too-many-photos = { $limit } photos have room beside an answer; that one was not added.
notice-photo-refused = A photo that you put beside your answer about <b>{ $name }</b> could not be kept: it is damaged, or of a kind that I cannot keep. Your answer stands without it. You can send another under “My concerns”.
promise-more = If you like, write a few words about it now, or send photos: each message is added. You need not.
note-reported = ✓ Thank you, that is noted. You can change it at any time.
note-not-due = The day of this promise has not come yet. You are asked when it has.
note-photo-only = Only a photo or written words can be put beside this answer.
notice-reported = A colleague who stands behind it as well answered for your organisation what became of a promise: <b>{ $verdict }</b>. You can answer, too, under “My concerns”; the latest answer counts.
note-not-promised = Nothing was promised about this concern, so no promise can be tied to it.
note-no-promise = This promise is not there any more: it was taken back.
note-promise-changed = The promise has changed since you looked. Here it is as it is now; nothing was decided.
deed-promise-made = wrote down promise { $promise }
deed-promise-changed = changed promise { $promise }
deed-promise-taken-back = took back promise { $promise }
deed-reports-read = read what organisations say of promise { $promise }
deed-promise-heard = wrote down what organisers heard of promise { $promise }

## On the floor: what organisers log at the meeting

button-floor = 🎙 On the floor
command-outcome = On the day: what comes of each item, and who speaks
button-answered = ✅ Answered
button-promised = 🤝 Promised…
button-deflected = ↪️ Evaded
button-not-reached = ⌛ Not reached
button-ours-speak = ▶ Organisations
button-theirs-speak = ▶ Ministry
button-clock-stop = ⏹ Stop the clock
button-item-before = ‹ Item before
button-item-after = Next item ›
button-undo-last = ↩️ Undo: { $what }
button-items = 📋 All items
button-correct-minutes = ⏱ Minutes…
button-instead = Yes, replace: { $status }
button-leave-it = No, leave it
button-in-months = { $count ->
    [one] In a month
   *[other] In { $count } months
}
toast-undone = ✓ Undone
floor-item = 🎙 { $number } of { $count } · <b>{ $name }</b>
floor-beginning = 🎙 <b>Before the first item.</b> Items: { $count }, { $minutes } in all.
floor-nothing = Nothing is on the agenda, so nothing can be logged yet: /agenda
floor-unsettled = ⚠️ No agenda was settled for this meeting. These are all concerns that stand on the agenda.
floor-came = Logged: <b>{ $what }</b>
floor-used = ⏱ <b>{ $used }</b> of { $planned }
floor-sides = Organisations { $ours } · ministry { $theirs }
floor-ours-speak = ▶ Organisations speak, since { $time }.
floor-theirs-speak = ▶ The ministry speaks, since { $time }.
floor-last = <i>Last: { $what } · { $time } · { $who }</i>
floor-list = <b>All items.</b> Spoken so far: organisations { $ours }, ministry { $theirs }.
floor-entry = { $number }. <b>{ $name }</b> · { $came }
floor-ours = Organisations
floor-theirs = Ministry
floor-opening = Before the first item
floor-deed-item = an item
floor-deed-minutes = minutes
ask-whose-minutes = <b>{ $what }</b>: whose minutes shall be put right?
ask-side-spoken = <b>{ $what }</b>. { $side }: { $now } so far. How long was it? Choose, or write minutes: 7 or 7:30.
ask-instead = <b>{ $name }</b>: { $who } has logged something meanwhile, and it stands at <b>{ $stands }</b>. You tapped “<b>{ $instead }</b>”. Shall that count instead?
ask-promised = What was promised about <b>{ $name }</b>? Please write it as it was said, in a sentence or two. It stands in the next digest, so the ministry reads it: name nobody who raised it.
note-not-logged = Nothing is logged of this promise yet: “{ $text }”.
ask-promised-by =
    🤝 { $text }

    Who is to do it? Please write the office, not a person's name.
ask-promised-until =
    🤝 { $text }

    By when? Choose, or write the day: 17/3/2027.
note-floor-begun = The floor log of this meeting has begun, and it names the items of the agenda, so the agenda stays as it was settled. If that was a wrong tap, /outcome undoes it.
note-floor-changed = A colleague has tapped meanwhile, so your tap was not logged. This is how it stands.
note-not-on-agenda = This concern is not on the agenda any more, so nothing was logged.
note-promise-stands = This promise was changed since, or organisations were asked about it, so the tap was not undone. /promises takes the promise back first.
notice-corrects = ✏️ <b>A correction.</b> What we last told you about this was logged by mistake. This holds:
deed-floor-begun = began the floor log
deed-minutes-corrected = corrected the minutes in the floor log
deed-floor-undone = undid something in the floor log

## Organisers' commands

command-concerns = The concerns, to be gone through
command-announce = Write to many
command-invite = Links by which people join
command-orgs = The organisations
command-people = Who has which role
command-audit = Who did what and when
command-search = Find concerns by words
command-stats = The figures

## Dates

# For example Sunday 17 January 2027, 8:30. Weekdays from Monday; hours of the day from midnight.
date-full = { $weekday } { $day } { $month } { $year }
date-time = { $date }, { $time }
weekday-1 = Monday
weekday-2 = Tuesday
weekday-3 = Wednesday
weekday-4 = Thursday
weekday-5 = Friday
weekday-6 = Saturday
weekday-7 = Sunday
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
time-0 = 0:{ $minute }
time-1 = 1:{ $minute }
time-2 = 2:{ $minute }
time-3 = 3:{ $minute }
time-4 = 4:{ $minute }
time-5 = 5:{ $minute }
time-6 = 6:{ $minute }
time-7 = 7:{ $minute }
time-8 = 8:{ $minute }
time-9 = 9:{ $minute }
time-10 = 10:{ $minute }
time-11 = 11:{ $minute }
time-12 = 12:{ $minute }
time-13 = 13:{ $minute }
time-14 = 14:{ $minute }
time-15 = 15:{ $minute }
time-16 = 16:{ $minute }
time-17 = 17:{ $minute }
time-18 = 18:{ $minute }
time-19 = 19:{ $minute }
time-20 = 20:{ $minute }
time-21 = 21:{ $minute }
time-22 = 22:{ $minute }
time-23 = 23:{ $minute }

## Reminders; the words of each stand in reminders.toml

date-near = { $weekday } { $day } { $month }
left-minutes = { $count ->
    [one] in a minute
   *[other] in { $count } minutes
}
left-hours = { $count ->
    [one] in an hour
   *[other] in { $count } hours
}
left-today = today
left-tomorrow = tomorrow
left-days = in { $count } days
reminder-perhaps = perhaps { $day }
reminder-unreached = • <b>{ $name }</b>
reminder-reached = • { $name } (others there can be reached)
reminder-more = … and { $count } more
reminders-on = <b>Reminders are on.</b> I write to you before the deadline and before the meeting, if there is something that you may want to do, and never at night.
reminders-off = <b>Reminders are off.</b> You still get answers, and what the organisers announce.
button-mute = 🔕 No more reminders
button-unmute = 🔔 Remind me
toast-muted = No more reminders. /reminders turns them on again.
digest-title-group = <b>New since the last time</b>
button-calendar = ⏰ Reminders
calendar = <b>Reminders, by the clock</b>
calendar-deadline = deadline
calendar-grace = grace for drafts
calendar-meeting = meeting
calendar-forgetting = erasure
calendar-ahead = • <b>{ $at }</b> – { $about }: { $whom }
calendar-sent = ✓ { $at } – { $about }: { $whom }. Sent: { $sent } of { $people }
calendar-carry = ✓ { $at } – what the last meeting left open can be raised again: its senders. Sent: { $sent } of { $people }
calendar-left-out = ✕ { $at } – { $about }: { $whom }. Left out: its time had passed
calendar-erasure = 🗑 { $at }: everything personal is erased.
note-earlier-kept = What came for the meeting before is still here. It is erased with what comes for this one. To erase it now, whoever runs the server runs <code>samleng erase</code>; after that this meeting is to be entered again.
command-reminders = Reminders on or off

## The deadline, at every step

date-left = { $date } ({ $left })
closing-soon = ⏳ Concerns are taken until <b>{ $when }</b>.
closing-grace = ⏳ The deadline has passed. This draft, begun before it, can still be submitted until <b>{ $when }</b>.
closing-over = Concerns were taken until { $date }. The organisers can open it again.
closing-kept = Concerns were taken until { $date }, so this draft cannot be submitted any more. It is kept here in case the organisers open it again.
button-add-days = { $count ->
    [one] +1 day
   *[other] +{ $count } days
}

## Documents

total-received = Received
total-included = In this digest
total-merged = Merged into others
total-withdrawn = Withdrawn
total-held = Held
total-rejected = Rejected
total-withheld = Not in this edition
fate-included = In the digest
fate-new = Not there before
fate-gone = No longer there
silent-places = { $count ->
    [one] Nothing yet from { $count } place
   *[other] Nothing yet from { $count } places
}
silent-organisations = Joined and silent so far, { $count }
silent-registry = In the registry and not here so far
document-number = Number
document-no-number = none, since it was not numbered
document-made = As of
document-selection = Selection
document-everything = everything that was submitted
document-only-topic = only about: { $name }
document-only-place = only from: { $name }
document-only-status = only what stands at: { $status }
document-since = since { $at }
document-until = until { $at }
document-fingerprint = Fingerprint
document-before = Digest before
document-dated = number { $number }, { $at }
meeting-one-of = not settled yet, one of these days
document-proof = The fingerprint was made from what this digest says of every concern. Whoever holds a receipt can ask with /verify whether their concern was in it, and as what. Whether the attached data was altered can be found out.
document-trend = When they came
document-no-urgency = Nobody has said how urgent it is.
date-short = { $day } { $month }
date-span = { $from } – { $to }
document-contents = Contents
document-summary = At a glance
document-totals = What became of everything
document-silence = Not heard so far
document-concerns = Concerns
document-figures = Figures
document-reconciliation = Reconciliation
document-annex = Annex: what changed since the digest before
document-against = Compared with digest number { $number } of { $at }.
document-first = There is no earlier digest of this edition and selection.
document-flows = From where to where
document-moved = Concern by concern
document-page = Page { $page } of { $pages }
column-number = No.
column-receipt = Receipt
column-status = Status
column-behind = Organisations behind it
column-beside = Notes and questions
column-what = What
column-count = Count
column-then = Before
column-now = Now
column-difference = Difference
column-from = From
column-to = To
cell-cut = … (cut here: a cell holds no more)
