//! From the words of a prompt to the [`Scene`] they describe.

use super::palette::{Rgb, rgb};
use super::random::{Random, hash};
use super::scene::{Actor, Grade, Hour, Kind, Place, Scene, Season, Sign, Stance, Style, Weather};
use super::vocabulary::{Means, Mood, VOCABULARY};

/// The most of one thing a picture has room for.
const MOST: usize = 8;
/// The most different things.
const MOST_ACTORS: usize = 4;

/// Never fails: what it does not know becomes the scene's hash, and that becomes a picture as well.
pub(super) fn read(prompt: &str) -> Scene {
    let lower = prompt.to_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let mut notes = Notes::default();
    let mut at = 0;
    while at < words.len() {
        let (taken, meaning, plural) = meaning_at(&words[at..]);
        notes.take(meaning, plural);
        at += taken;
    }
    notes.scene(hash(&words.join(" ")))
}

/// The longest known phrase at the beginning of `words`: its length, its meaning, whether it is a plural.
fn meaning_at(words: &[&str]) -> (usize, Option<Means>, bool) {
    for length in (1..=words.len().min(4)).rev() {
        let phrase = words[..length].join(" ");
        if let Some(meaning) = meaning_of(&phrase) {
            return (length, Some(meaning), false);
        }
        for singular in singulars(&phrase) {
            if let Some(meaning @ (Means::Thing(_) | Means::Where(_) | Means::With(_))) =
                meaning_of(&singular)
            {
                return (length, Some(meaning), true);
            }
        }
    }
    (1, None, false)
}

fn meaning_of(phrase: &str) -> Option<Means> {
    VOCABULARY
        .iter()
        .find(|(known, _)| known.split('|').any(|word| word == phrase))
        .map(|(_, meaning)| *meaning)
}

fn singulars(phrase: &str) -> Vec<String> {
    [("ies", "y"), ("ves", "f"), ("es", ""), ("s", ""), ("en", "e")]
        .iter()
        .filter_map(|(ending, instead)| {
            let stem = phrase.strip_suffix(ending)?;
            (stem.len() > 2).then(|| format!("{stem}{instead}"))
        })
        .collect()
}

/// What has been read so far. Colours and counts wait here for the thing they belong to.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is one word that was or was not said")]
struct Notes {
    actors: Vec<Actor>,
    place: Option<Place>,
    hour: Option<Hour>,
    weather: Option<Weather>,
    season: Option<Season>,
    style: Option<Style>,
    grade: Option<Grade>,
    signs: Vec<Sign>,
    colours: Vec<Rgb>,
    mood: Option<Mood>,
    portrait: bool,
    raised: bool,
    old: bool,
    not: bool,
    waiting_colour: Option<Rgb>,
    waiting_count: Option<usize>,
    waiting_size: Option<f32>,
    unknown_since_colour: usize,
}

impl Notes {
    fn take(&mut self, meaning: Option<Means>, plural: bool) {
        let Some(meaning) = meaning else {
            self.unknown_since_colour += 1;
            if self.unknown_since_colour > 2 {
                self.let_go();
            }
            return;
        };
        if self.not && meaning != Means::Nothing {
            self.not = false;
            return;
        }
        match meaning {
            Means::Thing(kind) => self.thing(kind, plural),
            Means::Portrait => self.portrait = true,
            Means::Where(place) => {
                self.let_go();
                // The first place is where it happens; a mountain behind the lake is scenery.
                match (self.place, place) {
                    (None | Some(Place::Sky | Place::Meadow), _) => self.place = Some(place),
                    (Some(_), Place::Mountains) => self.signs.push(Sign::Mountains),
                    (Some(Place::Mountains), _) => {
                        self.place = Some(place);
                        self.signs.push(Sign::Mountains);
                    }
                    (Some(_), Place::Forest) => self.signs.push(Sign::Trees),
                    (Some(_), _) => {}
                }
            }
            Means::When(hour) => self.hour = Some(self.hour.unwrap_or(hour)),
            Means::Sky(weather) => {
                if weather == Weather::Rain || self.weather != Some(Weather::Storm) {
                    self.weather = Some(weather);
                }
            }
            Means::In(season) => self.season = Some(season),
            Means::Like(style) => {
                self.style = Some(self.style.filter(|s| *s != Style::Photo).unwrap_or(style));
            }
            Means::Graded(grade) => self.grade = Some(grade),
            Means::With(sign) => {
                self.let_go();
                self.signs.push(sign);
            }
            Means::Colour(code) => {
                self.let_go();
                self.waiting_colour = Some(rgb(code));
                self.unknown_since_colour = 0;
            }
            Means::Count(count) => self.waiting_count = Some(count),
            Means::Big => self.waiting_size = Some(1.3),
            Means::Small => self.waiting_size = Some(0.62),
            Means::Old => self.old = true,
            Means::Raised => self.raised = true,
            Means::Not => self.not = true,
            Means::Feels(mood) => self.mood = Some(mood),
            Means::Nothing => {}
        }
    }

    fn thing(&mut self, kind: Kind, plural: bool) {
        let count = match (self.waiting_count.take(), plural) {
            (Some(1) | None, true) => 3,
            (Some(count), _) => count.min(MOST),
            (None, false) => 1,
        };
        let colour = self.waiting_colour.take();
        let size = self.waiting_size.take().unwrap_or(1.0);
        if let Some(known) = self.actors.iter_mut().find(|a| a.kind == kind) {
            // "A white cat and a black cat" are two; "a cat, the cat's eyes" is one, and looks the same here.
            if colour.is_some()
                && known.colour.is_some()
                && colour != known.colour
                && self.actors.len() < MOST_ACTORS
            {
                self.actors.push(Actor { kind, count, colour, size, old: self.old });
            }
            return;
        }
        if self.actors.len() < MOST_ACTORS {
            self.actors.push(Actor { kind, count, colour, size, old: self.old });
        }
    }

    /// A colour that found no thing colours the picture.
    fn let_go(&mut self) {
        self.colours.extend(self.waiting_colour.take());
        self.unknown_since_colour = 0;
    }

    fn scene(mut self, words: u64) -> Scene {
        self.let_go();
        let mut random = Random::new(words);
        if self.portrait && self.actors.is_empty() {
            self.actors.push(one(if random.chance(0.5) { Kind::Woman } else { Kind::Person }));
        }
        self.feel();
        self.settle();
        let home = self.actors.first().map(|a| match (a.kind, self.portrait) {
            (Kind::Sailor, true) => Place::Sea,
            (kind, _) => kind.nature().home,
        });
        let place = self.place.or(home).unwrap_or_else(|| {
            if self.hour.is_some()
                || self.weather.is_some()
                || self.season.is_some()
                || !self.signs.is_empty()
            {
                random.pick(&[Place::Meadow, Place::Mountains, Place::Lake, Place::Sea])
            } else {
                random.pick(&[
                    Place::Abstract,
                    Place::Abstract,
                    Place::Mountains,
                    Place::Lake,
                    Place::Desert,
                ])
            }
        });
        for actor in &mut self.actors {
            actor.old |= self.old;
        }
        Scene {
            place,
            hour: self.hour.unwrap_or(match place {
                Place::Space => Hour::Night,
                _ if self.shows_night() => Hour::Night,
                _ if self.actors.is_empty() && self.weather.is_none() => {
                    random.pick(&[Hour::Day, Hour::Sunrise, Hour::Sunset, Hour::Dusk])
                }
                _ => Hour::Day,
            }),
            weather: self.weather.unwrap_or(Weather::Clear),
            season: self.season.unwrap_or(Season::Summer),
            style: self.style.unwrap_or(Style::Plain),
            grade: self.grade.unwrap_or(Grade::None),
            signs: self.signs,
            colours: self.colours,
            portrait: self.portrait,
            raised: self.raised,
            actors: self.actors,
            words,
        }
    }

    fn shows_night(&self) -> bool {
        self.signs
            .iter()
            .any(|s| matches!(s, Sign::Moon | Sign::Stars | Sign::Aurora | Sign::Planet))
    }

    /// Words that contradict each other, settled for the picture's sake.
    fn settle(&mut self) {
        let stance = self.actors.first().map(|a| a.kind.nature().stance);
        if self.place == Some(Place::Sky)
            && matches!(stance, Some(Stance::Ground | Stance::Afloat | Stance::Table))
        {
            // "The sky" over something that stands is a backdrop.
            self.place = None;
            self.signs.push(Sign::Clouds);
        }
        if stance == Some(Stance::Afloat)
            && !matches!(
                self.place,
                Some(
                    Place::Sea
                        | Place::Lake
                        | Place::Beach
                        | Place::City
                        | Place::Space
                        | Place::Studio
                )
            )
        {
            if self.place == Some(Place::Mountains) {
                self.signs.push(Sign::Mountains);
            }
            self.place = None;
        }
        let builds = matches!(
            self.actors.first().map(|a| a.kind),
            Some(Kind::Castle | Kind::House | Kind::Lighthouse)
        );
        self.raised |= builds && self.place == Some(Place::Mountains);
        if self.actors.len() > 1 && self.actors.iter().all(|a| a.kind == Kind::Tree) {
            self.actors.truncate(1);
        }
        if self.actors.iter().any(|a| a.kind == Kind::Vase) {
            // They are in it.
            self.actors.retain(|a| a.kind != Kind::Flower);
        }
        if self.place.is_none() && self.signs.contains(&Sign::Flowers) {
            self.place = Some(Place::Meadow);
        }
    }

    /// A feeling gives what the words leave open.
    fn feel(&mut self) {
        let Some(mood) = self.mood else { return };
        let (kind, place, hour, weather, sign) = match mood {
            Mood::Lonely => (Kind::Person, Place::Lake, Hour::Dusk, Weather::Fog, None),
            Mood::Joy => {
                (Kind::Balloon, Place::Sky, Hour::Day, Weather::Clear, Some(Sign::Rainbow))
            }
            Mood::Love => {
                (Kind::Heart, Place::Meadow, Hour::Sunset, Weather::Clear, Some(Sign::Flowers))
            }
            Mood::Fear => (Kind::House, Place::Forest, Hour::Night, Weather::Fog, Some(Sign::Moon)),
            Mood::Peace => (Kind::Tree, Place::Lake, Hour::Sunrise, Weather::Clear, None),
            Mood::Hope => {
                (Kind::Flower, Place::Desert, Hour::Sunrise, Weather::Clear, Some(Sign::Sun))
            }
            Mood::Freedom => {
                (Kind::Eagle, Place::Mountains, Hour::Sunrise, Weather::Clear, Some(Sign::Birds))
            }
            Mood::Dream => (Kind::Whale, Place::Sky, Hour::Dusk, Weather::Clear, Some(Sign::Moon)),
            Mood::Passing => (Kind::Clock, Place::Desert, Hour::Sunset, Weather::Clear, None),
            Mood::Anger => (
                Kind::Dragon,
                Place::Mountains,
                Hour::Sunset,
                Weather::Storm,
                Some(Sign::Lightning),
            ),
        };
        if self.actors.is_empty() {
            let size = if mood == Mood::Lonely { 0.42 } else { 1.0 };
            self.actors.push(Actor {
                size,
                count: if mood == Mood::Joy { 4 } else { 1 },
                ..one(kind)
            });
            self.place = self.place.or(Some(place));
            self.signs.extend(sign);
        }
        self.hour = self.hour.or(Some(hour));
        self.weather = self.weather.or(Some(weather));
    }
}

fn one(kind: Kind) -> Actor {
    Actor { kind, count: 1, colour: None, size: 1.0, old: false }
}
