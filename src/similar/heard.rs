//! A word in Latin letters about as it is heard.
//!
//! Khmer has no settled spelling in Latin letters: one writes dey, another dei or dy; phum or poum; srok or sruk. Here
//! a word keeps its consonants and the kind of its vowels. English loses little by it, since both texts lose the same.

/// The word, of small Latin letters, as it is heard.
pub(super) fn heard(word: &str) -> String {
    let mut heard = String::with_capacity(word.len());
    let mut letters = word.chars().peekable();
    while let Some(letter) = letters.next() {
        if is_vowel(letter) {
            let mut group = String::from(letter);
            while let Some(next) = letters.next_if(|next| is_vowel(*next) || *next == 'w') {
                group.push(next);
            }
            heard.push(kind(&group));
            continue;
        }
        let sound = match letter {
            'v' => 'w',
            'q' => 'k',
            'z' => 's',
            _ => letter,
        };
        let last = heard.chars().next_back();
        // A breath after a consonant, or at the end, is written or not.
        let is_breath =
            sound == 'h' && (letters.peek().is_none() || last.is_some_and(|last| !is_vowel(last)));
        let is_again = last == Some(sound) && !sound.is_ascii_digit();
        if !is_breath && !is_again {
            heard.push(sound);
        }
    }
    heard
}

fn is_vowel(c: char) -> bool {
    matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y')
}

/// One letter for a group of vowels: open, else round, else narrow.
fn kind(group: &str) -> char {
    if group.contains('a') {
        'a'
    } else if group.contains(['o', 'u']) {
        'u'
    } else {
        'i'
    }
}
