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
    • For each concern you choose whether the ministry sees who says it, sees only what is said, or sees nothing.
    • Telegram, and whoever can compel it, can read this chat. It stays on your phone until you delete it.
    • Details in your words may show who you are even without a name.
    • You need not answer anything. Not answering has no consequence.

    All of it: /privacy. Do you agree?
privacy =
    <b>Privacy, in plain words</b>

    <b>What I keep:</b> your organisation, your answers, the voice notes, photos and documents that you add, and the number of this chat so that I can answer. No phone number, no name, no username, nothing of where a forwarded message came from.
    <b>How:</b> sealed on the organisers' server. A copied disk cannot be read without its key.
    <b>Who reads it:</b> the organisers read everything. The ministry reads only what you allow, concern by concern, after the organisers have looked at it.

    <b>What nobody can promise you:</b>
    • Telegram, and whoever can compel it, can read this chat. That you used this bot can be seen by Telegram and on your phone.
    • Screenshots, and an account that was taken over, are out of our reach. Please turn on Telegram's two-step password.
    • Whoever controls the server can read what arrives in the meantime.
    • Details in your words may show who you are even without a name.
    • What was handed over or said aloud cannot be taken back.
    • Old disk cells may remain; they cannot be read once their key is destroyed.
    • If I am down for a day, Telegram drops what waits for me. Only a receipt counts.

    Not answering has no consequence. We promise neither what the meeting will bring nor protection from reprisals.
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
    <b>Organisers' menu.</b> /digest brings everything that was submitted, at any time.
untitled = not yet named
help =
    <b>How this works</b>

    1. Press “New concern” and answer one question after the other. You can write, or speak in a voice note.
    2. Every answer is kept at once. You can stop and go on days later.
    3. If you edit a message that you sent, your answer changes too.
    4. At the end you see exactly what will be read, and you get a receipt. Please keep it.

    /menu – the menu
    /cancel – leave what you are doing
    /language – another language
    /privacy – what is kept and who reads it
help-organiser =
    <b>For organisers</b>

    /digest – everything that was submitted, right away; the buttons below it bring the edition for the ministry, or files
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
    • <b>With our name</b>: the ministry reads it and sees your organisation.
    • <b>Without our name</b>: the ministry reads it and does not see who says it.
    • <b>Organisers only</b>: the ministry does not read it.
disclosure-named = With our name
disclosure-unnamed = Without our name
disclosure-organisers-only = Organisers only
ask-leaving = Shall I keep what you have answered?
ask-deleting = Really delete everything you have answered in this draft? This cannot be undone.

## Review and receipt

review-named = <b>Please check.</b> If the organisers put it forward, the ministry will read exactly this:
review-unnamed = <b>Please check.</b> If the organisers put it forward, the ministry will read exactly this, without your organisation's name:
review-organisers-only = <b>Please check.</b> Only the organisers will read this; the ministry will not:
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
button-as-text = As a file (.txt)
button-as-json = As data (.json)

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
toast-old = That button is an old one. Please use the newest message below.
toast-again = That has been received already.
toast-digest = The digest is on its way.

## Digest

digest-title-organisers = <b>Digest for the organisers</b>
digest-title-shared = <b>Digest for the ministry</b>
digest-made = As of { $date }
digest-received = Received: <b>{ $received }</b>
digest-included = In this digest: <b>{ $included }</b>
digest-merged = Merged into others: { $count }
digest-withdrawn = Withdrawn: { $count }
digest-held = Held: { $count }
digest-rejected = Rejected: { $count }
digest-withheld = Not in this edition: { $count }
digest-by-topic = <b>By topic</b>
digest-by-place = <b>By place</b>
digest-by-urgency = <b>By urgency</b>
digest-count = { $name }: { $count }
digest-other = Others together
digest-no-breakdown = Too few organisations for a breakdown that would not single anybody out.
digest-silent-places = Nothing yet from { $count } places: { $names }
digest-silent-organisations = Joined and silent so far, { $count }: { $names }
digest-empty = Nothing has been submitted that belongs in this digest.
digest-topic = <b>{ $name }</b>
digest-attached = It is long, so the whole of it is in the file.
digest-unnamed = An organisation that is not named
digest-unverified = unverified
digest-behind = Organisations behind it: { $count }
digest-field = { $name }: { $value }
