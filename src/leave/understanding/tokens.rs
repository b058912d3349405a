//! Text as Slack sends it → tokens: markup undone, quotes and struck words left out, numbers and
//! dates in digits read. One pass; each character is looked at a bounded number of times.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::words;

/// One piece of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts about one clause"
)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    /// Written with a capital letter.
    pub(super) capital: bool,
    /// Written in capitals throughout: "AM".
    pub(super) shouted: bool,
    /// Written with 's or s'.
    pub(super) possessive: bool,
    /// No space before it.
    pub(super) tight: bool,
}

/// What a piece is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// Lower case, without apostrophes.
    Word(String),
    /// 5, or 5th.
    Number {
        value: u32,
        ordinal: bool,
    },
    /// A number of half days: 1.5 is 3.
    Halves(u32),
    /// A date in digits, day first unless it began with the year; it may not exist.
    Digits {
        year: Option<i16>,
        month: u32,
        day: u32,
    },
    /// A date that Slack formats for each reader.
    Exact(Date),
    /// Minutes after midnight.
    Clock(u16),
    /// Somebody's handle.
    Mention,
    /// Slack's name of an emoji, or the emoji itself.
    Emoji(String),
    Dash,
    Comma,
    /// Ends a sentence.
    Stop,
    Question,
    Line,
    Slash,
    /// & or +.
    And,
    Colon,
    Open,
    Close,
    /// Something that says nothing about days: a link, a ticket, code.
    Opaque,
}

struct Lexer<'a> {
    chars: &'a [char],
    at: usize,
    zone: &'a TimeZone,
    tokens: Vec<Token>,
    /// Whether there was a space before what comes next.
    spaced: bool,
}

/// Reads the whole text.
pub(super) fn tokens(text: &str, zone: &TimeZone) -> Vec<Token> {
    let text = text
        .replace("&amp;", "&")
        .replace("&lt;", "‹")
        .replace("&gt;", "›");
    let chars: Vec<char> = text
        .chars()
        .map(|c| match c {
            '’' | '‘' | '´' | 'ʼ' | '＇' => '\'',
            '“' | '”' | '„' => '"',
            '–' | '—' | '−' | '‑' | '‐' | '―' => '-',
            '\u{a0}' | '\u{202f}' | '\t' => ' ',
            c => c,
        })
        .collect();
    let mut lexer = Lexer {
        chars: &chars,
        at: 0,
        zone,
        tokens: Vec::with_capacity(chars.len() / 4),
        spaced: true,
    };
    lexer.run();
    lexer.tokens
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn push(&mut self, kind: TokenKind) {
        // Said twice, they say no more: "!!!", "🎉🎉".
        let repeats = matches!(
            kind,
            TokenKind::Comma
                | TokenKind::Stop
                | TokenKind::Question
                | TokenKind::Colon
                | TokenKind::Open
                | TokenKind::Close
                | TokenKind::Emoji(_)
        );
        if repeats && self.tokens.last().is_some_and(|last| last.kind == kind) {
            self.spaced = false;
            return;
        }
        self.push_with(kind, false, false);
    }

    fn push_with(&mut self, kind: TokenKind, capital: bool, possessive: bool) {
        self.tokens.push(Token {
            kind,
            capital,
            shouted: false,
            possessive,
            tight: !self.spaced,
        });
        self.spaced = false;
    }

    fn push_word(&mut self, word: &str, capital: bool) {
        self.push_with(TokenKind::Word(word.to_owned()), capital, false);
    }

    #[expect(
        clippy::match_same_arms,
        reason = "one arm is one rule, with its own comment"
    )]
    fn run(&mut self) {
        let mut line_start = true;
        while let Some(c) = self.peek(0) {
            let starts_line = std::mem::take(&mut line_start);
            match c {
                '\n' | '\r' => {
                    self.push(TokenKind::Line);
                    self.at += 1;
                    self.spaced = true;
                    line_start = true;
                }
                ' ' => {
                    self.at += 1;
                    self.spaced = true;
                    line_start = starts_line;
                }
                // Somebody else's words.
                '>' | '›' if starts_line => self.skip_line(),
                // A bullet.
                '-' | '•' | '*' if starts_line && self.peek(1) == Some(' ') => self.at += 1,
                '`' => self.code(),
                '~' => self.struck(),
                '<' => self.angle(),
                ':' => self.colon(),
                '@' => self.handle(),
                '#' => self.opaque_run(),
                '0'..='9' => self.number(),
                '½' => {
                    self.at += 1;
                    self.push_word("half", false);
                }
                '$' | '£' | '€' | '₹' => self.opaque_run(),
                '*' | '_' | '"' => self.at += 1,
                '\'' => self.at += 1,
                '-' => self.one(TokenKind::Dash),
                ',' | '،' | '、' => self.one(TokenKind::Comma),
                '.' | ';' | '!' | '…' | '。' | '|' => self.one(TokenKind::Stop),
                '?' => self.one(TokenKind::Question),
                '/' => self.one(TokenKind::Slash),
                '+' if self.peek(1) == Some('v') && self.peek(2) == Some('e') => {
                    self.at += 3;
                    self.push_word("positive", false);
                }
                '&' | '+' => self.one(TokenKind::And),
                '(' | '[' => self.one(TokenKind::Open),
                ')' | ']' => self.one(TokenKind::Close),
                '→' => self.one(TokenKind::Dash),
                c if c.is_alphanumeric() => self.word(),
                c if c.is_ascii() || is_joiner(c) => self.at += 1,
                c => {
                    self.at += 1;
                    self.push(TokenKind::Emoji(c.to_string()));
                }
            }
        }
    }

    fn one(&mut self, kind: TokenKind) {
        self.at += 1;
        self.push(kind);
    }

    fn skip_line(&mut self) {
        while self.peek(0).is_some_and(|c| c != '\n') {
            self.at += 1;
        }
    }

    /// Up to the next space.
    fn opaque_run(&mut self) {
        while self.peek(0).is_some_and(|c| !c.is_whitespace() && c != '>') {
            self.at += 1;
        }
        self.push(TokenKind::Opaque);
    }

    fn code(&mut self) {
        let fence = self.peek(1) == Some('`') && self.peek(2) == Some('`');
        let width = if fence { 3 } else { 1 };
        let rest = &self.chars[self.at + width..];
        let end = if fence {
            rest.windows(3).position(|three| three == ['`'; 3])
        } else {
            rest.iter()
                .position(|c| matches!(c, '`' | '\n'))
                .filter(|end| rest[*end] == '`')
        };
        match end {
            Some(end) => {
                self.at += width + end + width;
                self.push(TokenKind::Opaque);
            }
            // An open fence is code to the end, as Slack shows it.
            None if fence => self.at = self.chars.len(),
            None => self.at += 1,
        }
    }

    /// ~words~ are taken back by their author.
    fn struck(&mut self) {
        let rest = &self.chars[self.at + 1..];
        let end = rest.iter().position(|c| matches!(c, '~' | '\n'));
        match end {
            Some(end) if end > 0 && rest[end] == '~' && rest[0] != ' ' && rest[end - 1] != ' ' => {
                self.at += end + 2;
                self.spaced = true;
            }
            _ => self.at += 1,
        }
    }

    /// Slack's links, mentions and dates.
    fn angle(&mut self) {
        let rest = &self.chars[self.at + 1..];
        let end = rest.iter().position(|c| matches!(c, '>' | '<' | '\n'));
        let Some(end) = end.filter(|end| rest[*end] == '>') else {
            self.at += 1;
            return;
        };
        let inside: String = rest[..end].iter().collect();
        self.at += end + 2;
        let kind = if inside.starts_with('@') || inside.starts_with("!subteam") {
            TokenKind::Mention
        } else {
            inside
                .strip_prefix("!date^")
                .and_then(|date| date.split(['^', '|']).next())
                .and_then(|seconds| seconds.parse().ok())
                .and_then(|seconds| Timestamp::from_second(seconds).ok())
                .map_or(TokenKind::Opaque, |at| {
                    TokenKind::Exact(at.to_zoned(self.zone.clone()).date())
                })
        };
        self.push(kind);
    }

    fn colon(&mut self) {
        let rest = &self.chars[self.at + 1..];
        let name: String = rest
            .iter()
            .take(60)
            .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+'))
            .collect();
        let closed = rest.get(name.len()) == Some(&':');
        if closed && name.contains(|c: char| c.is_ascii_alphabetic()) {
            self.at += name.len() + 2;
            self.push(TokenKind::Emoji(name));
        } else {
            self.one(TokenKind::Colon);
        }
    }

    fn handle(&mut self) {
        self.at += 1;
        if self.peek(0).is_some_and(char::is_alphanumeric) {
            while self
                .peek(0)
                .is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-'))
            {
                self.at += 1;
            }
            self.push(TokenKind::Mention);
        } else {
            self.push_word("at", false);
        }
    }

    fn digits(&mut self) -> (u32, usize) {
        let start = self.at;
        let mut value: u32 = 0;
        while let Some(digit) = self.peek(0).and_then(|c| c.to_digit(10)) {
            value = value.saturating_mul(10).saturating_add(digit);
            self.at += 1;
        }
        (value, self.at - start)
    }

    fn letters(&self, from: usize) -> String {
        self.chars[from.min(self.chars.len())..]
            .iter()
            .take(24)
            .take_while(|c| c.is_alphabetic())
            .flat_map(|c| c.to_lowercase())
            .collect()
    }

    fn number(&mut self) {
        let start = self.at;
        let (first, width) = self.digits();
        let separator = self.peek(0);
        let digit_follows = self.peek(1).is_some_and(|c| c.is_ascii_digit());
        if let Some(separator @ (':' | '.' | '/' | '-')) = separator
            && digit_follows
            && (separator != '-' || self.third_part())
        {
            self.at += 1;
            let (second, second_width) = self.digits();
            let third_follows =
                self.peek(0) == Some(separator) && self.peek(1).is_some_and(|c| c.is_ascii_digit());
            if third_follows && separator != ':' {
                self.at += 1;
                let (third, third_width) = self.digits();
                return self.date_of_three((first, width), second, (third, third_width));
            }
            return self.two_parts(separator, (first, width), (second, second_width));
        }
        if separator == Some('½') {
            self.at += 1;
            return self.push(TokenKind::Halves(first.saturating_mul(2).saturating_add(1)));
        }
        if separator == Some('%') {
            self.at += 1;
            return self.push(TokenKind::Opaque);
        }
        if let Some(clock) = self.meridiem(first, 0) {
            return self.push(TokenKind::Clock(clock));
        }
        let letters = self.letters(self.at);
        let value = first;
        match letters.as_str() {
            "" => self.push(TokenKind::Number {
                value,
                ordinal: false,
            }),
            "st" | "nd" | "rd" | "th" | "ths" | "sts" => {
                self.at += letters.chars().count();
                // "5th's"
                if self.peek(0) == Some('\'') && self.peek(1) == Some('s') {
                    self.at += 2;
                }
                self.push(TokenKind::Number {
                    value,
                    ordinal: true,
                });
            }
            _ => {
                let whole: String = self.chars[start..self.at]
                    .iter()
                    .chain(letters.chars().collect::<Vec<_>>().iter())
                    .collect();
                if words::is_known(&whole) {
                    self.at += letters.chars().count();
                    self.push_word(&whole, false);
                } else if let Some(rest) = letters
                    .strip_prefix("th")
                    .or_else(|| letters.strip_prefix("st"))
                    .or_else(|| letters.strip_prefix("nd"))
                    .or_else(|| letters.strip_prefix("rd"))
                    && words::month(rest).is_some()
                {
                    self.at += 2;
                    self.push(TokenKind::Number {
                        value,
                        ordinal: true,
                    });
                } else if words::month(&letters).is_some() || words::is_unit(&letters) {
                    self.push(TokenKind::Number {
                        value,
                        ordinal: false,
                    });
                } else {
                    self.opaque_run();
                }
            }
        }
    }

    /// Whether "-12-" and a digit follow: a date such as 5-12-2026, and not the range 5-12.
    fn third_part(&self) -> bool {
        let rest = &self.chars[self.at + 1..];
        let width = rest.iter().take_while(|c| c.is_ascii_digit()).count();
        width <= 2
            && rest.get(width) == Some(&'-')
            && rest.get(width + 1).is_some_and(char::is_ascii_digit)
    }

    fn date_of_three(&mut self, first: (u32, usize), month: u32, third: (u32, usize)) {
        let (day, year, width) = if first.1 == 4 {
            (third.0, first.0, 4)
        } else {
            (first.0, third.0, third.1)
        };
        let year = match width {
            4 => year,
            2 => 2000 + year,
            _ => return self.push(TokenKind::Opaque),
        };
        match i16::try_from(year) {
            Ok(year) => self.push(TokenKind::Digits {
                year: Some(year),
                month,
                day,
            }),
            Err(_) => self.push(TokenKind::Opaque),
        }
    }

    fn two_parts(&mut self, separator: char, first: (u32, usize), second: (u32, usize)) {
        let clock = (second.1 == 2)
            .then(|| self.meridiem(first.0, second.0))
            .flatten();
        let kind = match separator {
            ':' if second.1 == 2 && first.0 < 24 && second.0 < 60 => {
                let minutes = u16::try_from(first.0 * 60 + second.0).unwrap_or(0);
                TokenKind::Clock(clock.unwrap_or(minutes))
            }
            '.' => match (clock, second.0) {
                (Some(clock), _) => TokenKind::Clock(clock),
                (None, 5 | 50) if first.0 < 100 && (second.1 == 1 || second.0 == 50) => {
                    TokenKind::Halves(first.0 * 2 + 1)
                }
                (None, 0) if first.0 < 100 => TokenKind::Halves(first.0 * 2),
                // "11.05 - 15.05", and not "at 10.05"
                (None, month @ 1..=12)
                    if first.1 == 2
                        && second.1 == 2
                        && (1..=31).contains(&first.0)
                        && !self.hour_before() =>
                {
                    TokenKind::Digits {
                        year: None,
                        month,
                        day: first.0,
                    }
                }
                _ => TokenKind::Opaque,
            },
            // Around the clock.
            '/' if (first.0, second.0) == (24, 7) => TokenKind::Opaque,
            '/' if (first.0, second.0) == (1, 2) && self.day_follows() => TokenKind::Halves(1),
            // "7/8 May": two days.
            '/' if first.1 <= 2 && second.1 <= 2 && self.month_follows() => {
                let number = |value| TokenKind::Number {
                    value,
                    ordinal: false,
                };
                self.push(number(first.0));
                self.push(TokenKind::Slash);
                number(second.0)
            }
            '/' if first.1 <= 2 && second.1 <= 2 => TokenKind::Digits {
                year: None,
                month: second.0,
                day: first.0,
            },
            _ => TokenKind::Opaque,
        };
        self.push(kind);
    }

    fn month_follows(&self) -> bool {
        let gap = usize::from(self.peek(0) == Some(' '));
        words::month(&self.letters(self.at + gap)).is_some()
    }

    fn hour_before(&self) -> bool {
        self.tokens.last().is_some_and(|token| {
            matches!(&token.kind, TokenKind::Word(word)
                if matches!(word.as_str(), "at" | "by" | "around" | "about" | "after" | "before" | "version" | "v" | "release"))
        })
    }

    fn day_follows(&self) -> bool {
        let gap = usize::from(matches!(self.peek(0), Some(' ' | '-')));
        self.letters(self.at + gap).starts_with("day")
    }

    /// "pm" after a number: minutes after midnight.
    fn meridiem(&mut self, hour: u32, minute: u32) -> Option<u16> {
        if !(1..=12).contains(&hour) || minute > 59 {
            return None;
        }
        let gap = usize::from(self.peek(0) == Some(' '));
        let letters = self.letters(self.at + gap);
        let (afternoon, mut width) = match letters.as_str() {
            "am" => (false, 2),
            "pm" => (true, 2),
            "a" | "p"
                if self.peek(gap + 1) == Some('.')
                    && matches!(self.peek(gap + 2), Some('m' | 'M')) =>
            {
                (letters == "p", 3)
            }
            _ => return None,
        };
        if width == 3 && self.peek(gap + 3) == Some('.') {
            width = 4;
        }
        self.at += gap + width;
        let hour = hour % 12 + if afternoon { 12 } else { 0 };
        u16::try_from(hour * 60 + minute).ok()
    }

    fn word(&mut self) {
        let start = self.at;
        while let Some(c) = self.peek(0) {
            let inside = c == '\'' && self.peek(1).is_some_and(char::is_alphabetic);
            if !c.is_alphanumeric() && !inside {
                break;
            }
            // "jan5"
            if c.is_ascii_digit() && self.at > start && words::month(&self.letters(start)).is_some()
            {
                break;
            }
            self.at += 1;
        }
        let run = &self.chars[start..self.at];
        let capital = run.first().is_some_and(|c| c.is_uppercase());
        let lower: String = run.iter().flat_map(|c| c.to_lowercase()).collect();
        if matches!(lower.as_str(), "http" | "https" | "mailto" | "tel")
            && self.peek(0) == Some(':')
            || self.peek(0) == Some('@') && self.peek(1).is_some_and(char::is_alphanumeric)
        {
            return self.opaque_run();
        }
        // "s'": days' leave
        let plural_possessive = self.peek(0) == Some('\'') && lower.ends_with('s');
        if plural_possessive {
            self.at += 1;
        }
        if lower.contains(|c: char| c.is_ascii_digit()) && !words::is_known(&lower) {
            let letters: String = lower.chars().take_while(|c| c.is_alphabetic()).collect();
            if letters.chars().count() < 4 {
                return self.push(TokenKind::Opaque);
            }
            return self.push_word(&letters, capital);
        }
        let shouted = run.len() > 1 && run.iter().all(|c| c.is_uppercase());
        self.spell(&lower, capital, plural_possessive);
        if let Some(token) = self.tokens.last_mut() {
            token.shouted = shouted;
        }
        // "OPS-412", "covid-19": a number of something else.
        let month_or_day = words::month(&lower).is_some() || words::weekday(&lower).is_some();
        if self.peek(0) == Some('-')
            && self.peek(1).is_some_and(|c| c.is_ascii_digit())
            && !month_or_day
        {
            let start = self.at;
            self.at += 1;
            let (number, _) = self.digits();
            if words::takes_numbers(&lower) && number <= 31 {
                self.at = start;
            } else {
                // "LEAVE-88" is no leave either.
                if words::takes_numbers(&lower) {
                    self.tokens.pop();
                }
                self.push(TokenKind::Opaque);
            }
        }
    }

    /// Writes contractions out.
    fn spell(&mut self, lower: &str, capital: bool, plural_possessive: bool) {
        if let Some((first, second)) = words::contraction(lower) {
            self.push_word(first, capital);
            self.spaced = true;
            return self.push_word(second, false);
        }
        let Some((base, suffix)) = lower.rsplit_once('\'') else {
            return self.push_with(
                TokenKind::Word(lower.to_owned()),
                capital,
                plural_possessive,
            );
        };
        let base: String = base.chars().filter(|c| *c != '\'').collect();
        let second = match suffix {
            "ll" => "will",
            "m" => "am",
            "ve" => "have",
            "re" => "are",
            "d" => "would",
            "s" => {
                return self.push_with(TokenKind::Word(base), capital, true);
            }
            _ => return self.push_word(&format!("{base}{suffix}"), capital),
        };
        self.push_word(&base, capital);
        self.spaced = true;
        self.push_word(second, false);
    }
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\u{fe0e}' | '\u{fe0f}' | '\u{200b}'..='\u{200f}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{20e3}')
}
