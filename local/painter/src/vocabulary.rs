//! The words the painter knows. A row per meaning; `|` parts its words. Add yours.

use super::scene::{Grade, Hour, Kind, Place, Season, Sign, Style, Weather};

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Means {
    Thing(Kind),
    /// A person whose picture is asked for from the chest up.
    Portrait,
    Where(Place),
    When(Hour),
    Sky(Weather),
    In(Season),
    Like(Style),
    Graded(Grade),
    With(Sign),
    Colour(u32),
    Count(usize),
    Big,
    Small,
    Old,
    /// On a rock or hill of its own.
    Raised,
    /// The next meaning is not wanted.
    Not,
    Feels(Mood),
    /// Known, and paints nothing: it must not hide a neighbour's colour or count.
    Nothing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mood {
    Lonely,
    Joy,
    Love,
    Fear,
    Peace,
    Hope,
    Freedom,
    Dream,
    Passing,
    Anger,
}

use Means::{
    Big, Colour, Count, Feels, Graded, In, Like, Not, Nothing, Old, Portrait, Raised, Small, Thing,
    When, Where, With,
};

pub(super) const VOCABULARY: &[(&str, Means)] = &[
    // Animals
    ("fox|vixen|fuchs|füchse|zorro|zorra", Thing(Kind::Fox)),
    ("wolf|wolves|wölfe|lobo|coyote", Thing(Kind::Wolf)),
    ("cat|kitten|kitty|katze|kätzchen|kater|gato|gata|gatito", Thing(Kind::Cat)),
    (
        "dog|puppy|puppies|hound|retriever|labrador|corgi|hund|hunde|welpe|perro|perra|cachorro",
        Thing(Kind::Dog),
    ),
    ("rabbit|bunny|bunnies|hare|hase|hasen|kaninchen|conejo|liebre", Thing(Kind::Rabbit)),
    ("bear|grizzly|bär|bären|oso|teddy|teddy bear|polar bear|eisbär", Thing(Kind::Bear)),
    ("panda", Thing(Kind::Panda)),
    ("mouse|mice|rat|hamster|maus|mäuse|ratón", Thing(Kind::Mouse)),
    ("lion|lioness|löwe|löwen|león", Thing(Kind::Lion)),
    ("tiger|tigre|tigers", Thing(Kind::Tiger)),
    ("horse|pony|ponies|stallion|mare|pferd|pferde|caballo|foal|donkey", Thing(Kind::Horse)),
    ("unicorn|einhorn|unicornio", Thing(Kind::Unicorn)),
    ("deer|stag|elk|moose|reindeer|fawn|hirsch|reh|ciervo", Thing(Kind::Deer)),
    ("cow|bull|ox|cattle|kuh|kühe|vaca|toro", Thing(Kind::Cow)),
    ("sheep|lamb|goat|schaf|schafe|oveja|cabra", Thing(Kind::Sheep)),
    ("pig|piglet|boar|schwein|schweine|cerdo", Thing(Kind::Pig)),
    ("elephant|mammoth|elefant|elefanten|elefante", Thing(Kind::Elephant)),
    ("owl|owlet|eule|eulen|uhu|búho|lechuza", Thing(Kind::Owl)),
    (
        "bird|robin|sparrow|parrot|crow|raven|finch|songbird|hummingbird|vogel|vögel|pájaro|ave",
        Thing(Kind::Bird),
    ),
    ("eagle|hawk|falcon|seagull|gull|adler|möwe|águila|gaviota|phoenix", Thing(Kind::Eagle)),
    ("duck|duckling|swan|goose|geese|ente|enten|schwan|pato|cisne", Thing(Kind::Duck)),
    ("penguin|pinguin|pinguine|pingüino", Thing(Kind::Penguin)),
    ("fish|goldfish|koi|salmon|trout|clownfish|fische|pez|peces|pescado", Thing(Kind::Fish)),
    ("whale|orca|wal|wale|ballena", Thing(Kind::Whale)),
    ("dolphin|delfin|delfine|delfín", Thing(Kind::Dolphin)),
    ("shark|hai|haie|tiburón", Thing(Kind::Shark)),
    ("octopus|squid|kraken|krake|oktopus|pulpo", Thing(Kind::Octopus)),
    ("jellyfish|qualle|quallen|medusa", Thing(Kind::Jellyfish)),
    ("turtle|tortoise|schildkröte|tortuga", Thing(Kind::Turtle)),
    ("butterfly|butterflies|moth|schmetterling|schmetterlinge|mariposa", Thing(Kind::Butterfly)),
    ("bee|bumblebee|wasp|biene|bienen|abeja", Thing(Kind::Bee)),
    ("snail|schnecke|caracol", Thing(Kind::Snail)),
    ("dragon|wyvern|drache|drachen|dragón|dinosaur", Thing(Kind::Dragon)),
    // People
    (
        "person|people|man|men|figure|traveller|traveler|hiker|stranger|boy|guy|farmer|monk|samurai|mann|mensch|menschen|wanderer|hombre|persona|gente|dancer|detective|grandfather|viking|human|hunter",
        Thing(Kind::Person),
    ),
    (
        "woman|women|girl|lady|ballerina|bride|nun|frau|frauen|mädchen|mujer|chica|grandmother|fairy|mermaid",
        Thing(Kind::Woman),
    ),
    ("child|children|kid|toddler|baby|kind|kinder|niño|niña|niños", Thing(Kind::Child)),
    (
        "sailor|captain|fisherman|pirate|seemann|matrose|kapitän|fischer|marinero|pescador|capitán",
        Thing(Kind::Sailor),
    ),
    ("king|prince|emperor|könig|rey|príncipe", Thing(Kind::King)),
    ("queen|princess|königin|prinzessin|reina|princesa", Thing(Kind::Queen)),
    ("knight|warrior|soldier|ritter|caballero|guerrero", Thing(Kind::Knight)),
    ("wizard|witch|mage|sorcerer|zauberer|hexe|mago|bruja", Thing(Kind::Wizard)),
    ("astronaut|cosmonaut|spaceman|astronauta", Thing(Kind::Astronaut)),
    ("robot|android|cyborg|roboter|mech", Thing(Kind::Robot)),
    // Buildings and vehicles
    (
        "house|cottage|cabin|hut|home|barn|farmhouse|church|village|haus|häuser|hütte|kirche|dorf|casa|iglesia|pueblo",
        Thing(Kind::House),
    ),
    ("castle|fortress|palace|burg|schloss|castillo|palacio", Thing(Kind::Castle)),
    ("lighthouse|leuchtturm|faro", Thing(Kind::Lighthouse)),
    ("tower|skyscraper|turm|wolkenkratzer|torre|rascacielos", Thing(Kind::Tower)),
    ("windmill|mill|mühle|windmühle|molino", Thing(Kind::Windmill)),
    (
        "sailboat|sailing boat|sailing ship|yacht|boat|rowboat|canoe|segelboot|boot|velero|barco|barca|galleon",
        Thing(Kind::Sailboat),
    ),
    ("ship|steamer|ferry|steamship|cruise ship|cargo ship|schiff|buque", Thing(Kind::Ship)),
    ("car|automobile|taxi|truck|van|bus|sports car|auto|wagen|coche|carro", Thing(Kind::Car)),
    ("train|locomotive|steam engine|tram|zug|lokomotive|tren", Thing(Kind::Train)),
    ("plane|airplane|aeroplane|aircraft|jet|biplane|flugzeug|avión", Thing(Kind::Plane)),
    (
        "rocket|spaceship|spacecraft|space shuttle|starship|rakete|raumschiff|cohete",
        Thing(Kind::Rocket),
    ),
    ("ufo|flying saucer|alien|aliens", Thing(Kind::Ufo)),
    ("bicycle|bike|cyclist|fahrrad|rad|bicicleta", Thing(Kind::Bicycle)),
    (
        "balloon|hot air balloon|air balloon|airship|ballon|heißluftballon|globo",
        Thing(Kind::Balloon),
    ),
    // Plants
    (
        "tree|oak|maple|willow|baum|bäume|árbol|árboles|apple tree|cherry tree|cherry blossom",
        Thing(Kind::Tree),
    ),
    ("pine|fir|spruce|christmas tree|tanne|tannenbaum|kiefer|pino", Thing(Kind::Pine)),
    (
        "flower|rose|tulip|daisy|daisies|poppy|poppies|orchid|lily|lilies|lotus|blume|blumen|flor|flores",
        Thing(Kind::Flower),
    ),
    ("sunflower|sonnenblume|sonnenblumen|girasol|girasoles", Thing(Kind::Sunflower)),
    ("mushroom|toadstool|fungus|pilz|pilze|seta|hongo", Thing(Kind::Mushroom)),
    ("cactus|cacti|kaktus|kakteen|cactuses", Thing(Kind::Cactus)),
    // Things
    ("teapot|kettle|teekanne|kanne|tetera", Thing(Kind::Teapot)),
    ("cup|mug|coffee|tea|teacup|cappuccino|espresso|tasse|kaffee|tee|taza|café", Thing(Kind::Cup)),
    ("book|books|novel|notebook|buch|bücher|libro", Thing(Kind::Book)),
    ("lamp|lantern|desk lamp|lampe|laterne|lámpara", Thing(Kind::Lamp)),
    ("candle|kerze|kerzen|vela", Thing(Kind::Candle)),
    ("vase|pot|jug|krug|jarrón|bouquet", Thing(Kind::Vase)),
    ("bottle|wine|perfume|potion|flasche|parfüm|wein|botella|vino", Thing(Kind::Bottle)),
    ("chair|armchair|throne|stuhl|sessel|silla", Thing(Kind::Chair)),
    ("clock|watch|pocket watch|alarm clock|uhr|reloj", Thing(Kind::Clock)),
    ("guitar|violin|cello|gitarre|geige|guitarra|violín", Thing(Kind::Guitar)),
    ("apple|orange fruit|fruit|peach|apfel|äpfel|manzana|fruta|obst|tomato", Thing(Kind::Apple)),
    ("cake|birthday cake|pie|cupcake|torte|kuchen|pastel de cumpleaños|tarta", Thing(Kind::Cake)),
    ("shoe|sneaker|trainer|boots|schuh|schuhe|turnschuh|zapato|zapatilla", Thing(Kind::Shoe)),
    ("heart|herz|corazón", Thing(Kind::Heart)),
    ("umbrella|parasol|regenschirm|paraguas", Thing(Kind::Umbrella)),
    ("crystal|diamond|gem|gemstone|jewel|kristall|diamant|cristal|diamante", Thing(Kind::Crystal)),
    ("portrait|headshot|selfie|face|porträt|portrait of|retrato|gesicht|bust", Portrait),
    // Places
    (
        "meadow|field|grass|grassland|prairie|savanna|savannah|garden|park|hill|hills|valley|countryside|farm|pasture|lawn|wiese|feld|garten|hügel|prado|campo|jardín|colina",
        Where(Place::Meadow),
    ),
    ("forest|wood|woods|woodland|jungle|rainforest|wald|wälder|bosque|selva", Where(Place::Forest)),
    (
        "mountain|alps|peak|summit|alpine|fjord|berg|berge|gebirge|alpen|montaña|montañas|volcano",
        Where(Place::Mountains),
    ),
    (
        "sea|ocean|waves|wave|harbor|harbour|coast|meer|ozean|wellen|küste|mar|océano|costa|seascape",
        Where(Place::Sea),
    ),
    (
        "beach|shore|seaside|tropical island|island|strand|insel|playa|isla|sand",
        Where(Place::Beach),
    ),
    ("lake|pond|river|stream|waterfall|teich|fluss|lago|río|estanque", Where(Place::Lake)),
    ("desert|dune|dunes|sahara|canyon|mars|wüste|dünen|desierto|dunas", Where(Place::Desert)),
    (
        "city|skyline|street|downtown|town|urban|metropolis|alley|tokyo|new york|stadt|straße|ciudad|calle|road|cityscape",
        Where(Place::City),
    ),
    (
        "space|galaxy|cosmos|universe|nebula|outer space|orbit|weltraum|weltall|galaxie|espacio|galaxia|cosmic",
        Where(Place::Space),
    ),
    (
        "underwater|reef|coral|coral reef|seabed|aquarium|deep sea|unterwasser|riff|submarino|arrecife",
        Where(Place::Underwater),
    ),
    ("sky|clouds above|heaven|himmel|cielo|flying|floating in the sky", Where(Place::Sky)),
    (
        "room|interior|kitchen|bedroom|living room|library|window|indoors|zimmer|küche|raum|wohnzimmer|habitación|cocina|interieur",
        Where(Place::Room),
    ),
    (
        "studio|studio light|studio lighting|product shot|product photo|still life|white background|table|tisch|mesa|packshot|stillleben",
        Where(Place::Studio),
    ),
    (
        "abstract|pattern|geometric|shapes|composition|fractal|abstrakt|muster|abstracto|texture|gradient|wallpaper",
        Where(Place::Abstract),
    ),
    // Time
    (
        "night|midnight|moonlight|nighttime|at night|starry night|nacht|mitternacht|nachts|noche|medianoche",
        When(Hour::Night),
    ),
    ("sunrise|dawn|morning|sonnenaufgang|morgen|morgengrauen|amanecer|mañana", When(Hour::Sunrise)),
    (
        "sunset|evening|golden hour|sundown|sonnenuntergang|abend|abendrot|atardecer|puesta de sol|tarde",
        When(Hour::Sunset),
    ),
    ("dusk|twilight|blue hour|dämmerung|crepúsculo|anochecer", When(Hour::Dusk)),
    ("noon|midday|mittag|mediodía", When(Hour::Noon)),
    ("day|daylight|tag|día|sunny|sonnig|soleado", When(Hour::Day)),
    // Weather
    (
        "snow|snowy|snowing|snowfall|snowstorm|blizzard|schnee|verschneit|schneit|nieve|nevado|nevada",
        Means::Sky(Weather::Snow),
    ),
    (
        "rain|rainy|raining|drizzle|regen|regnet|regnerisch|lluvia|lluvioso|wet",
        Means::Sky(Weather::Rain),
    ),
    (
        "storm|stormy|thunder|thunderstorm|tempest|sturm|gewitter|stürmisch|tormenta|tempestad|hurricane",
        Means::Sky(Weather::Storm),
    ),
    ("fog|foggy|mist|misty|haze|hazy|nebel|neblig|niebla|bruma", Means::Sky(Weather::Fog)),
    ("cloudy|overcast|bewölkt|nublado", Means::Sky(Weather::Cloudy)),
    ("clear|klar|despejado", Means::Sky(Weather::Clear)),
    // Season
    (
        "winter|wintry|winterlich|invierno|frozen|ice|icy|arctic|eis|christmas|weihnachten|hielo|frosty",
        In(Season::Winter),
    ),
    ("autumn|fall|herbst|otoño|october", In(Season::Autumn)),
    ("spring|frühling|primavera", In(Season::Spring)),
    ("summer|sommer|verano", In(Season::Summer)),
    // Style
    (
        "photo|photograph|photography|photorealistic|realistic|dslr|bokeh|35mm|macro|foto|fotografie|fotografía",
        Like(Style::Photo),
    ),
    ("watercolour|watercolor|aquarell|acuarela|gouache|wash", Like(Style::Watercolour)),
    (
        "oil|oil painting|oil on canvas|impressionist|impressionism|van gogh|monet|painting|ölgemälde|gemälde|óleo|painterly|acrylic",
        Like(Style::Oil),
    ),
    (
        "pixel|pixel art|8 bit|8bit|16 bit|16bit|pixelart|pixelated|retro game|pixelkunst",
        Like(Style::Pixel),
    ),
    (
        "ink|sketch|ink sketch|pencil|charcoal|drawing|engraving|etching|woodcut|hatching|tinte|tusche|skizze|zeichnung|bleistift|tinta|boceto|dibujo",
        Like(Style::Ink),
    ),
    (
        "line art|lineart|line drawing|outline|colouring book|coloring book|continuous line|strichzeichnung",
        Like(Style::LineArt),
    ),
    ("neon|cyberpunk|synthwave|vaporwave|retrowave|neon lights|blacklight|tron", Like(Style::Neon)),
    ("low poly|lowpoly|polygonal|polygon|origami|geometric animal", Like(Style::LowPoly)),
    (
        "minimalist|minimal|minimalism|flat|flat design|vector|simple|minimalistisch|minimalista|logo|icon",
        Like(Style::Minimal),
    ),
    (
        "poster|travel poster|vintage poster|screen print|screenprint|art deco|plakat|cartel|linocut|bauhaus",
        Like(Style::Poster),
    ),
    ("stained glass|mosaic|buntglas|mosaik|vitral|mosaico", Like(Style::StainedGlass)),
    ("comic|pop art|halftone|manga|cartoon|comic book|warhol", Like(Style::Halftone)),
    (
        "black and white|monochrome|noir|film noir|grayscale|greyscale|schwarzweiß|schwarz weiß|blanco y negro",
        Graded(Grade::Monochrome),
    ),
    ("sepia|vintage|retro|nostalgic|antique|old photo|polaroid|victorian", Graded(Grade::Sepia)),
    ("pastel|soft colours|soft colors|pale|kawaii|pastell|ghibli", Graded(Grade::Pastel)),
    (
        "cinematic|film still|movie|dramatic|epic|teal and orange|moody|filmisch",
        Graded(Grade::Cinematic),
    ),
    (
        "vivid|vibrant|colourful|colorful|psychedelic|saturated|bunt|farbenfroh|colorido",
        Graded(Grade::Vivid),
    ),
    // In the sky and round about
    ("moon|full moon|crescent moon|mond|vollmond|luna|luna llena", With(Sign::Moon)),
    ("sun|sonne|sol", With(Sign::Sun)),
    ("star|starry|milky way|stern|sterne|estrella|estrellas", With(Sign::Stars)),
    ("rainbow|regenbogen|arcoíris|arcoiris", With(Sign::Rainbow)),
    ("aurora|northern lights|nordlicht|polarlicht|aurora boreal", With(Sign::Aurora)),
    ("cloud|wolke|wolken|nube|nubes", With(Sign::Clouds)),
    ("flock of birds|birds in the sky|flock", With(Sign::Birds)),
    ("planet|saturn|jupiter|earth|planeta|moons", With(Sign::Planet)),
    ("lightning|blitz|blitze|relámpago|rayo", With(Sign::Lightning)),
    (
        "wildflower|blossom|blooming|flower field|flower meadow|blumenwiese|lavender",
        With(Sign::Flowers),
    ),
    ("among trees|between trees", With(Sign::Trees)),
    ("mountains in the background|mountain range", With(Sign::Mountains)),
    (
        "on a mountain|on a hill|on a cliff|on a rock|cliff|on the mountain|hilltop|auf einem berg|klippe|felsen|acantilado",
        Raised,
    ),
    // Colours
    ("red|rot|rote|roter|rotes|roten|rojo|roja|rojos|rojas", Colour(0xd2_2b2b)),
    ("crimson|scarlet|ruby", Colour(0xb0_1030)),
    ("maroon|burgundy", Colour(0x7a_1c33)),
    ("orange|orangefarben|naranja", Colour(0xf0_8020)),
    ("yellow|gelb|gelbe|gelber|gelbes|amarillo|amarilla", Colour(0xf6_cf2e)),
    ("gold|golden|goldene|goldener|dorado|dorada", Colour(0xdf_a92c)),
    ("green|grün|grüne|grüner|grünes|verde|verdes", Colour(0x3a_9a4a)),
    ("emerald|jade", Colour(0x13_9a6b)),
    ("olive", Colour(0x7c_8038)),
    ("mint", Colour(0x94_dcbc)),
    ("teal|turquoise|türkis|turquesa", Colour(0x1f_a8a4)),
    ("cyan|aqua", Colour(0x2c_c8e0)),
    ("blue|blau|blaue|blauer|blaues|blauen|azul|azules", Colour(0x26_62d0)),
    ("navy|indigo|dark blue|dunkelblau", Colour(0x25_2f7c)),
    ("light blue|sky blue|azure|hellblau|celeste", Colour(0x78_bcf0)),
    ("purple|violet|lila|violett|morado|morada|púrpura", Colour(0x80_3cb4)),
    ("lavender coloured|lilac|mauve", Colour(0xb8_9ce0)),
    ("magenta|fuchsia", Colour(0xd4_2c9c)),
    ("pink|rosa|rosado", Colour(0xf2_7cae)),
    ("brown|chestnut|chocolate|braun|braune|brauner|braunes|marrón", Colour(0x7c_4a28)),
    ("beige|cream|sandy", Colour(0xe4_d2ae)),
    ("white|weiß|weiße|weißer|weißes|blanco|blanca|polar", Colour(0xf4_f4f2)),
    ("silver|silbern|silberne|plateado", Colour(0xb8_c0ca)),
    ("grey|gray|grau|graue|grauer|gris|grises", Colour(0x8a_8f96)),
    ("black|schwarz|schwarze|schwarzer|schwarzes|negro|negra", Colour(0x24_242a)),
    ("copper|bronze|rusty|rust|kupfer|ginger", Colour(0xb8_6a38)),
    // How many, how big
    ("a|an|one|ein|eine|einen|einem|eines|einer|un|una|uno|lone|single|solitary|1", Count(1)),
    ("two|pair|couple|both|twin|zwei|dos|2", Count(2)),
    ("three|trio|drei|tres|few|einige|3", Count(3)),
    ("four|vier|cuatro|4|several|some|mehrere|algunos", Count(4)),
    ("five|fünf|cinco|5", Count(5)),
    ("six|sechs|seis|6|group|herd|gruppe", Count(6)),
    ("seven|sieben|siete|7", Count(7)),
    ("many|eight|acht|viele|ocho|muchos|8|swarm|lots|hundreds|school|dozens|crowd", Count(8)),
    (
        "big|huge|giant|large|enormous|massive|gross|groß|große|großer|großes|riesig|grande|gigante",
        Big,
    ),
    (
        "small|tiny|little|miniature|distant|far|klein|kleine|kleiner|kleines|winzig|pequeño|pequeña",
        Small,
    ),
    (
        "old|elderly|aged|ancient|alt|alte|alter|alten|altes|viejo|vieja|anciano|anciana|bearded",
        Old,
    ),
    ("no|without|ohne|sin|kein|keine", Not),
    // Feelings: a picture for them
    (
        "loneliness|lonely|alone|solitude|sadness|sad|melancholy|grief|sorrow|nostalgia|longing|einsamkeit|einsam|traurigkeit|traurig|sehnsucht|soledad|tristeza|silence|stille|silencio|winter of the soul",
        Feels(Mood::Lonely),
    ),
    (
        "joy|happiness|happy|celebration|party|fun|freude|glück|fröhlich|alegría|felicidad|fiesta|birthday|fest",
        Feels(Mood::Joy),
    ),
    ("love|romance|romantic|affection|liebe|amor|valentine", Feels(Mood::Love)),
    (
        "fear|horror|terror|nightmare|scary|spooky|haunted|halloween|angst|furcht|albtraum|miedo|death|darkness",
        Feels(Mood::Fear),
    ),
    (
        "peace|calm|serenity|tranquility|peaceful|serene|zen|meditation|harmony|ruhe|frieden|paz|calma",
        Feels(Mood::Peace),
    ),
    ("hope|beginning|faith|new life|future|hoffnung|zukunft|esperanza|futuro", Feels(Mood::Hope)),
    (
        "freedom|adventure|journey|travel|wanderlust|freiheit|abenteuer|reise|libertad|aventura|viaje",
        Feels(Mood::Freedom),
    ),
    (
        "dream|dreams|imagination|fantasy|magic|magical|surreal|wonder|traum|träume|fantasie|sueño|sueños|magia|memory",
        Feels(Mood::Dream),
    ),
    ("time|eternity|infinity|zeit|ewigkeit|tiempo|eternidad", Feels(Mood::Passing)),
    ("anger|rage|fury|war|chaos|wut|zorn|krieg|ira|guerra|fire|fuego|feuer", Feels(Mood::Anger)),
    (
        "the|of|in|on|at|with|and|by|to|from|der|die|das|den|dem|des|im|am|und|mit|auf|el|la|los|las|de|del|en|y|con",
        Nothing,
    ),
];
