//! What a prompt asks for, before anything is painted.

use super::palette::Rgb;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Fox,
    Wolf,
    Cat,
    Dog,
    Rabbit,
    Bear,
    Panda,
    Mouse,
    Lion,
    Tiger,
    Horse,
    Unicorn,
    Deer,
    Cow,
    Sheep,
    Pig,
    Elephant,
    Owl,
    Bird,
    Eagle,
    Duck,
    Penguin,
    Fish,
    Whale,
    Dolphin,
    Shark,
    Octopus,
    Jellyfish,
    Turtle,
    Butterfly,
    Bee,
    Snail,
    Dragon,
    Person,
    Sailor,
    King,
    Queen,
    Knight,
    Wizard,
    Astronaut,
    Child,
    Woman,
    Robot,
    House,
    Castle,
    Lighthouse,
    Tower,
    Windmill,
    Sailboat,
    Ship,
    Car,
    Train,
    Plane,
    Rocket,
    Bicycle,
    Balloon,
    Ufo,
    Tree,
    Pine,
    Flower,
    Sunflower,
    Mushroom,
    Cactus,
    Teapot,
    Cup,
    Book,
    Lamp,
    Candle,
    Vase,
    Bottle,
    Chair,
    Clock,
    Guitar,
    Apple,
    Cake,
    Shoe,
    Heart,
    Umbrella,
    Crystal,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Meadow,
    Forest,
    Mountains,
    Sea,
    Beach,
    Lake,
    Desert,
    City,
    Space,
    Underwater,
    Sky,
    Room,
    Studio,
    /// No place at all: colours and shapes.
    Abstract,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hour {
    Night,
    Sunrise,
    Day,
    Noon,
    Sunset,
    Dusk,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weather {
    Clear,
    Cloudy,
    Rain,
    Storm,
    Snow,
    Fog,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Season {
    Spring,
    Summer,
    Autumn,
    Winter,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Photo,
    Watercolour,
    Oil,
    Pixel,
    Ink,
    LineArt,
    Neon,
    LowPoly,
    Minimal,
    Poster,
    StainedGlass,
    Halftone,
}

/// What is done to the colours at the very end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grade {
    None,
    Monochrome,
    Sepia,
    Pastel,
    Cinematic,
    Vivid,
}

/// Extras the words ask of the sky.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    Moon,
    Sun,
    Stars,
    Rainbow,
    Aurora,
    Clouds,
    Birds,
    Planet,
    Lightning,
    Flowers,
    Trees,
    Mountains,
}

/// One thing to be painted, perhaps several times.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Actor {
    pub(super) kind: Kind,
    pub(super) count: usize,
    pub(super) colour: Option<Rgb>,
    pub(super) size: f32,
    pub(super) old: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Scene {
    pub(super) actors: Vec<Actor>,
    pub(super) place: Place,
    pub(super) hour: Hour,
    pub(super) weather: Weather,
    pub(super) season: Season,
    pub(super) style: Style,
    pub(super) grade: Grade,
    pub(super) signs: Vec<Sign>,
    /// Colours that belong to no thing.
    pub(super) colours: Vec<Rgb>,
    pub(super) portrait: bool,
    /// On a hill, rock or cliff of its own.
    pub(super) raised: bool,
    /// What the words hash to.
    pub(super) words: u64,
}

impl Scene {
    pub(super) fn shows(&self, sign: Sign) -> bool {
        self.signs.contains(&sign)
    }

    pub(super) fn snowy(&self) -> bool {
        self.weather == Weather::Snow || self.season == Season::Winter
    }

    pub(super) fn wet(&self) -> bool {
        matches!(self.weather, Weather::Rain | Weather::Storm)
    }

    pub(super) fn dark(&self) -> bool {
        matches!(self.hour, Hour::Night | Hour::Dusk) || self.weather == Weather::Storm
    }
}

/// Where a thing is, when the words do not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stance {
    Ground,
    Air,
    Afloat,
    Deep,
    Table,
}

/// What is true of a kind by itself: where it lives, how much of the picture's shorter side it takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Nature {
    pub(super) home: Place,
    pub(super) size: f32,
    pub(super) stance: Stance,
    /// Width over height, to stand side by side.
    pub(super) girth: f32,
}

const fn nature(home: Place, size: f32, stance: Stance, girth: f32) -> Nature {
    Nature { home, size, stance, girth }
}

impl Kind {
    pub(super) fn nature(self) -> Nature {
        use Stance::{Afloat, Air, Deep, Ground, Table};
        match self {
            Self::Fox | Self::Wolf => nature(Place::Forest, 0.58, Ground, 1.25),
            Self::Cat | Self::Dog => nature(Place::Meadow, 0.56, Ground, 0.75),
            Self::Rabbit | Self::Mouse => nature(Place::Meadow, 0.44, Ground, 0.7),
            Self::Bear | Self::Panda => nature(Place::Forest, 0.62, Ground, 0.85),
            Self::Lion | Self::Tiger => nature(Place::Meadow, 0.58, Ground, 1.3),
            Self::Elephant => nature(Place::Meadow, 0.54, Ground, 1.75),
            Self::Horse | Self::Unicorn | Self::Deer => nature(Place::Meadow, 0.62, Ground, 1.3),
            Self::Cow | Self::Sheep | Self::Pig => nature(Place::Meadow, 0.46, Ground, 1.3),
            Self::Owl => nature(Place::Forest, 0.6, Ground, 0.7),
            Self::Bird => nature(Place::Meadow, 0.42, Ground, 1.1),
            Self::Eagle => nature(Place::Mountains, 0.36, Air, 2.0),
            Self::Duck => nature(Place::Lake, 0.3, Afloat, 1.3),
            Self::Penguin => nature(Place::Beach, 0.52, Ground, 0.6),
            Self::Fish => nature(Place::Underwater, 0.3, Deep, 1.7),
            Self::Whale | Self::Shark => nature(Place::Underwater, 0.36, Deep, 2.2),
            Self::Dolphin => nature(Place::Sea, 0.36, Deep, 1.5),
            Self::Octopus | Self::Jellyfish => nature(Place::Underwater, 0.55, Deep, 0.8),
            Self::Turtle => nature(Place::Underwater, 0.36, Deep, 1.6),
            Self::Butterfly => nature(Place::Meadow, 0.5, Air, 1.2),
            Self::Bee => nature(Place::Meadow, 0.3, Air, 1.3),
            Self::Snail => nature(Place::Forest, 0.36, Ground, 1.3),
            Self::Dragon => nature(Place::Mountains, 0.52, Ground, 1.9),
            Self::Sailor => nature(Place::Beach, 0.58, Ground, 0.45),
            Self::Person | Self::Woman | Self::King | Self::Queen | Self::Wizard => {
                nature(Place::Meadow, 0.58, Ground, 0.45)
            }
            Self::Knight => nature(Place::Mountains, 0.58, Ground, 0.5),
            Self::Child => nature(Place::Meadow, 0.42, Ground, 0.5),
            Self::Astronaut => nature(Place::Space, 0.55, Air, 0.7),
            Self::Robot => nature(Place::City, 0.6, Ground, 0.7),
            Self::House | Self::Windmill => nature(Place::Meadow, 0.44, Ground, 1.1),
            Self::Castle => nature(Place::Mountains, 0.52, Ground, 1.1),
            Self::Lighthouse => nature(Place::Sea, 0.68, Ground, 0.4),
            Self::Tower => nature(Place::City, 0.7, Ground, 0.4),
            Self::Sailboat => nature(Place::Sea, 0.5, Afloat, 0.8),
            Self::Ship => nature(Place::Sea, 0.4, Afloat, 1.8),
            Self::Car => nature(Place::City, 0.3, Ground, 2.2),
            Self::Train => nature(Place::Mountains, 0.28, Ground, 2.8),
            Self::Plane => nature(Place::Sky, 0.3, Air, 2.4),
            Self::Rocket => nature(Place::Space, 0.66, Air, 0.5),
            Self::Ufo => nature(Place::Space, 0.3, Air, 1.8),
            Self::Bicycle => nature(Place::Meadow, 0.42, Ground, 1.6),
            Self::Balloon => nature(Place::Sky, 0.58, Air, 0.75),
            Self::Tree | Self::Pine => nature(Place::Meadow, 0.68, Ground, 0.8),
            Self::Flower | Self::Sunflower => nature(Place::Meadow, 0.62, Ground, 0.55),
            Self::Mushroom => nature(Place::Forest, 0.5, Ground, 0.9),
            Self::Cactus => nature(Place::Desert, 0.6, Ground, 0.6),
            Self::Chair | Self::Guitar => nature(Place::Room, 0.6, Ground, 0.6),
            Self::Umbrella => nature(Place::City, 0.5, Ground, 1.0),
            Self::Teapot | Self::Cake => nature(Place::Studio, 0.44, Table, 1.35),
            Self::Cup | Self::Apple | Self::Heart | Self::Crystal => {
                nature(Place::Studio, 0.42, Table, 1.1)
            }
            Self::Book | Self::Shoe => nature(Place::Studio, 0.34, Table, 1.7),
            Self::Lamp | Self::Candle | Self::Vase | Self::Bottle => {
                nature(Place::Studio, 0.58, Table, 0.5)
            }
            Self::Clock => nature(Place::Studio, 0.5, Table, 0.9),
        }
    }
}
