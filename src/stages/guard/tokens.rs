//! Code as tokens: what stays of a statement when it is only laid out anew, or when only its values change.

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Token {
    Word(String),
    /// A number, a text, or a word that is a value: `true`, `None`.
    Value(String),
    Sign(char),
}

const VALUES: &[&str] = &["true", "false", "True", "False", "None", "null", "nil", "undefined", "NaN", "Infinity"];

/// Brackets, commas and semicolons come and go with the layout.
const LAYOUT: &[char] = &['(', ')', ',', ';'];

/// The tokens of one or more lines without comments, without what belongs to the layout.
pub fn tokens(code: &str) -> Vec<Token> {
    let mut found: Vec<Token> = Vec::new();
    let mut rest = code;
    // Whether what stands before can be an operand, so that a minus after it subtracts.
    let mut operand = false;
    while let Some(character) = rest.chars().next() {
        let (token, length) = if character.is_whitespace() {
            (None, character.len_utf8())
        } else if matches!(character, '"' | '\'' | '`') {
            let length = text_length(rest, character);
            let inside = rest.get(1..length.saturating_sub(1)).unwrap_or("");
            (Some(Token::Value(format!("\"{inside}"))), length)
        } else if character.is_ascii_digit() || (character == '-' && !operand && digit_follows(rest)) {
            let length = 1 + rest
                .chars()
                .skip(1)
                .take_while(|c| c.is_alphanumeric() || matches!(c, '.' | '_'))
                .map(char::len_utf8)
                .sum::<usize>();
            (Some(Token::Value(rest.get(..length).unwrap_or(rest).replace('_', ""))), length)
        } else if character.is_alphanumeric() || character == '_' || character == '$' {
            let length =
                rest.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '$')).map(char::len_utf8).sum();
            let word = rest.get(..length).unwrap_or(rest).to_owned();
            (Some(if VALUES.contains(&word.as_str()) { Token::Value(word) } else { Token::Word(word) }), length)
        } else {
            operand = matches!(character, ')' | ']');
            (Some(Token::Sign(character)).filter(|_| !LAYOUT.contains(&character)), character.len_utf8())
        };
        match &token {
            Some(Token::Sign(_)) => {}
            Some(_) => operand = true,
            None => {}
        }
        found.extend(token);
        rest = rest.get(length.max(1)..).unwrap_or("");
    }
    found
}

/// The tokens with every value made the same.
pub fn skeleton(tokens: &[Token]) -> Vec<Token> {
    let blank = |token: &Token| match token {
        Token::Value(_) => Token::Value(String::new()),
        other => other.clone(),
    };
    tokens.iter().map(blank).collect()
}

pub fn values(tokens: &[Token]) -> usize {
    tokens.iter().filter(|token| matches!(token, Token::Value(_))).count()
}

fn digit_follows(rest: &str) -> bool {
    rest.chars().nth(1).is_some_and(|c| c.is_ascii_digit())
}

/// The length of the text that begins here, its quotes included.
fn text_length(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (index, character) in rest.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if character == quote => return index + 1,
            _ => {}
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layout_and_quotes_do_not_matter() {
        assert_eq!(
            tokens("assert f(1, 'a') == 2"),
            tokens("assert (\n    f(\n        1,\n        \"a\",\n    )\n    == 2\n)")
        );
    }

    #[test]
    fn a_minus_belongs_to_a_number_that_it_does_not_subtract() {
        assert_eq!(tokens("x - 1"), [Token::Word("x".into()), Token::Sign('-'), Token::Value("1".into())]);
        assert_eq!(tokens("{-1}").get(1), Some(&Token::Value("-1".into())));
        assert_eq!(skeleton(&tokens("{-1}")), skeleton(&tokens("{\"a\"}")));
    }
}
