//! How the server misbehaves: at a byte, or by the dice.

/// What becomes of one answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The line is cut after so many bytes.
    Cut(usize),
    Bye,
    No,
    Bad,
    /// Something nobody asked for comes first.
    Noise,
}

/// What becomes of one mail in an answer to FETCH.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spoiled {
    /// The mail at this place is left out.
    LeftOut(usize),
    /// It comes without its body.
    Nil(usize),
}

/// The server's mood.
#[derive(Debug, Default)]
pub enum Faults {
    /// It behaves.
    #[default]
    None,
    /// The first connection is cut after so many bytes; everything after that is well.
    CutAt(usize),
    /// The next answer to this command is lost, and the line with it; what was asked for is done.
    LoseAnswerTo(&'static str),
    /// This command is never done.
    Refuse(&'static str),
    /// Nobody may open this folder.
    Forbid(&'static str),
    /// One answer in `one_in` is spoiled.
    Random { dice: Seeded, one_in: u64 },
}

impl Faults {
    /// What becomes of the next answer, which has `bytes`.
    pub(super) fn of_an_answer(&mut self, word: &str, bytes: usize) -> Option<Fault> {
        match self {
            Self::None => None,
            Self::Refuse(refused) => (*refused == word).then_some(Fault::No),
            Self::LoseAnswerTo(lost) if *lost == word => {
                *self = Self::None;
                Some(Fault::Cut(0))
            }
            Self::LoseAnswerTo(_) | Self::Forbid(_) => None,
            Self::CutAt(left) if *left < bytes => {
                let at = *left;
                *self = Self::None;
                Some(Fault::Cut(at))
            }
            Self::CutAt(left) => {
                *left -= bytes;
                None
            }
            Self::Random { dice, one_in } => {
                if dice.below(*one_in) > 0 {
                    return None;
                }
                Some(match dice.below(8) {
                    0..=3 => Fault::Cut(usize::try_from(dice.below(bytes as u64)).unwrap()),
                    4 => Fault::Bye,
                    5 => Fault::Noise,
                    // A refused sign-in is a wrong password, which is another story.
                    _ if matches!(word, "AUTHENTICATE" | "LOGIN" | "greeting") => Fault::Bye,
                    6 => Fault::No,
                    _ => Fault::Bad,
                })
            }
        }
    }

    pub(super) fn of_an_item(&mut self) -> Option<Spoiled> {
        let Self::Random { dice, one_in } = self else {
            return None;
        };
        if dice.below(*one_in) > 0 {
            return None;
        }
        let place = usize::try_from(dice.below(6)).unwrap();
        Some(if dice.below(2) == 0 {
            Spoiled::LeftOut(place)
        } else {
            Spoiled::Nil(place)
        })
    }
}

/// Numbers that look random and come again with the same seed (xorshift64*).
#[derive(Debug, Clone)]
pub struct Seeded(u64);

impl Seeded {
    pub fn new(seed: u64) -> Self {
        let mut dice = Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        dice.below(2);
        dice
    }

    /// A number from 0 to `end`, without `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % end.max(1)
    }
}
