//! How a name roughly sounds, whatever letters it is written in.
//!
//! Only consonants are left, and those that are written for one another are one: so "samakum kasekor" and
//! សមាគមកសិករ are both `smkmkskr`. Vowels, aspiration and half-vowels are what people spell each in their own way. This
//! is a comparison and no transliteration; nobody ever reads it.

/// The sounds of a text that was folded, without spaces.
pub(super) fn of(letters: &str) -> String {
    let mut sounds = String::new();
    let mut chars = letters.chars().peekable();
    while let Some(c) = chars.next() {
        let sound = match c {
            // A sign that silences the consonant before it.
            '\u{17CD}' => {
                sounds.pop();
                continue;
            }
            'n' => {
                chars.next_if(|next| matches!(next, 'g' | 'h'));
                'n'
            }
            'c' if chars.peek() == Some(&'h') => 'c',
            'c' if matches!(chars.peek(), Some('e' | 'i' | 'y')) => 's',
            // Written before ng, the sign for m is one with it.
            '\u{17C6}' if chars.peek() == Some(&'\u{1784}') => continue,
            _ => match sound(c) {
                Some(sound) => sound,
                None => continue,
            },
        };
        if !sounds.ends_with(sound) {
            sounds.push(sound);
        }
    }
    sounds
}

fn sound(c: char) -> Option<char> {
    Some(match c {
        'k' | 'g' | 'q' | 'c' | 'ក'..='ឃ' => 'k',
        'j' | 'ច'..='ឈ' => 'c',
        't' | 'd' | 'ដ' | 'ឋ' | 'ឌ' | 'ឍ' | 'ត'..='ធ' => 't',
        'p' | 'b' | 'ប'..='ភ' => 'p',
        'm' | 'ម' | '\u{17C6}' => 'm',
        'n' | 'ង' | 'ញ' | 'ណ' | 'ន' => 'n',
        'r' | 'រ' | 'ឫ' | 'ឬ' => 'r',
        'l' | 'ល' | 'ឡ' | 'ឭ' | 'ឮ' => 'l',
        's' | 'z' | 'x' | 'ឝ' | 'ឞ' | 'ស' => 's',
        'v' | 'w' | 'f' | 'វ' => 'v',
        '0'..='9' => c,
        _ => return None,
    })
}
