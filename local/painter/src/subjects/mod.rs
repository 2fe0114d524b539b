//! What a picture shows. Each draws itself one unit high around its foot and knows nothing of the place.

#![expect(
    clippy::too_many_lines,
    reason = "a drawing is one list of shapes from the back to the front; cut apart it would lose its order"
)]

mod birds;
mod breeds;
mod buildings;
mod builds;
mod dragon;
mod faces;
mod insects;
mod machines;
mod objects;
mod people;
mod plants;
mod portrait;
mod profiles;
mod sea;
mod sitting;
mod tableware;
mod transport;
mod vehicles;
mod walking;

use super::brush::Brush;
use super::palette::Rgb;
use super::random::Random;
use super::scene::Kind;

pub(super) use plants::cactus;
pub(super) use portrait::portrait;

/// How this one looks.
#[derive(Debug, Clone)]
pub(super) struct Look {
    pub(super) colour: Option<Rgb>,
    pub(super) old: bool,
    /// Lamps and windows are lit.
    pub(super) lit: bool,
    /// What differs between two of a kind.
    pub(super) random: Random,
}

impl Look {
    fn colour_or(&self, usual: Rgb) -> Rgb {
        self.colour.unwrap_or(usual)
    }

    fn colour_or_one_of(&mut self, usual: &[Rgb]) -> Rgb {
        // Drawn also when it is not needed: naming a colour must not change anything else.
        let drawn = self.random.pick(usual);
        self.colour.unwrap_or(drawn)
    }
}

pub(super) fn draw(kind: Kind, brush: &mut Brush, look: &mut Look) {
    match kind {
        Kind::Fox | Kind::Wolf | Kind::Cat | Kind::Dog | Kind::Lion | Kind::Tiger | Kind::Bear => {
            // The same animal sits or walks, as chance has it.
            let sits = if kind == Kind::Cat { 0.8 } else { 0.5 };
            if look.random.chance(sits) {
                sitting::draw(kind, brush, look);
            } else {
                walking::draw(kind, brush, look);
            }
        }
        Kind::Rabbit | Kind::Panda | Kind::Mouse => sitting::draw(kind, brush, look),
        Kind::Horse
        | Kind::Unicorn
        | Kind::Deer
        | Kind::Cow
        | Kind::Sheep
        | Kind::Pig
        | Kind::Elephant => {
            walking::draw(kind, brush, look);
        }
        Kind::Owl => birds::owl(brush, look),
        Kind::Bird => birds::songbird(brush, look),
        Kind::Eagle => birds::soaring(brush, look),
        Kind::Duck => birds::duck(brush, look),
        Kind::Penguin => birds::penguin(brush, look),
        Kind::Fish => sea::fish(brush, look),
        Kind::Whale => sea::whale(brush, look),
        Kind::Dolphin => sea::dolphin(brush, look),
        Kind::Shark => sea::shark(brush, look),
        Kind::Octopus => sea::octopus(brush, look),
        Kind::Jellyfish => sea::jellyfish(brush, look),
        Kind::Turtle => sea::turtle(brush, look),
        Kind::Butterfly => insects::butterfly(brush, look),
        Kind::Bee => insects::bee(brush, look),
        Kind::Snail => insects::snail(brush, look),
        Kind::Dragon => dragon::dragon(brush, look),
        Kind::Person
        | Kind::Woman
        | Kind::Child
        | Kind::Sailor
        | Kind::King
        | Kind::Queen
        | Kind::Knight
        | Kind::Wizard => {
            people::person(kind, brush, look);
        }
        Kind::Astronaut => people::astronaut(brush, look),
        Kind::Robot => machines::robot(brush, look),
        Kind::House => buildings::house(brush, look),
        Kind::Castle => buildings::castle(brush, look),
        Kind::Lighthouse => buildings::lighthouse(brush, look),
        Kind::Tower => buildings::tower(brush, look),
        Kind::Windmill => buildings::windmill(brush, look),
        Kind::Sailboat => vehicles::sailboat(brush, look),
        Kind::Ship => vehicles::ship(brush, look),
        Kind::Car => transport::car(brush, look),
        Kind::Train => transport::train(brush, look),
        Kind::Bicycle => transport::bicycle(brush, look),
        Kind::Plane => vehicles::plane(brush, look),
        Kind::Rocket => vehicles::rocket(brush, look),
        Kind::Ufo => vehicles::ufo(brush, look),
        Kind::Balloon => vehicles::balloon(brush, look),
        Kind::Tree => plants::tree(brush, look),
        Kind::Pine => plants::pine(brush, look),
        Kind::Flower => plants::flower(brush, look),
        Kind::Sunflower => plants::sunflower(brush, look),
        Kind::Mushroom => plants::mushroom(brush, look),
        Kind::Cactus => plants::cactus(brush, look.colour),
        Kind::Teapot => tableware::teapot(brush, look),
        Kind::Cup => tableware::cup(brush, look),
        Kind::Vase => tableware::vase(brush, look),
        Kind::Bottle => tableware::bottle(brush, look),
        Kind::Candle => tableware::candle(brush, look),
        Kind::Cake => tableware::cake(brush, look),
        Kind::Apple => tableware::apple(brush, look),
        Kind::Book => objects::book(brush, look),
        Kind::Lamp => objects::lamp(brush, look),
        Kind::Chair => objects::chair(brush, look),
        Kind::Clock => objects::clock(brush, look),
        Kind::Guitar => objects::guitar(brush, look),
        Kind::Shoe => objects::shoe(brush, look),
        Kind::Heart => objects::heart(brush, look),
        Kind::Umbrella => objects::umbrella(brush, look),
        Kind::Crystal => objects::crystal(brush, look),
    }
}
