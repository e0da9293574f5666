//! What people call a zone: the place in its name, in both languages, and the abbreviations that
//! French-speaking Canada writes. A zone is named after a place and not after a "time" such as
//! Pacific or Mountain, because those words no longer tell which clock a province keeps.

/// Old spellings and links that a list of choices should not offer.
pub(super) fn is_offered(name: &str) -> bool {
    let Some((area, _)) = name.split_once('/') else {
        return name == "UTC";
    };
    let is_place = matches!(
        area,
        "Africa"
            | "America"
            | "Antarctica"
            | "Arctic"
            | "Asia"
            | "Atlantic"
            | "Australia"
            | "Europe"
            | "Indian"
            | "Pacific"
    );
    is_place && !OLD_SPELLINGS.contains(&name)
}

/// Links whose place has a newer spelling or a newer name in the list (IANA file `backward`).
const OLD_SPELLINGS: &[&str] = &[
    "Africa/Asmera",
    "Africa/Timbuktu",
    "America/Argentina/ComodRivadavia",
    "America/Atka",
    "America/Buenos_Aires",
    "America/Catamarca",
    "America/Coral_Harbour",
    "America/Cordoba",
    "America/Ensenada",
    "America/Fort_Wayne",
    "America/Godthab",
    "America/Indianapolis",
    "America/Jujuy",
    "America/Knox_IN",
    "America/Louisville",
    "America/Mendoza",
    "America/Montreal",
    "America/Nipigon",
    "America/Pangnirtung",
    "America/Porto_Acre",
    "America/Rainy_River",
    "America/Rosario",
    "America/Santa_Isabel",
    "America/Shiprock",
    "America/Thunder_Bay",
    "America/Virgin",
    "America/Yellowknife",
    "Antarctica/South_Pole",
    "Asia/Ashkhabad",
    "Asia/Calcutta",
    "Asia/Chongqing",
    "Asia/Chungking",
    "Asia/Choibalsan",
    "Asia/Dacca",
    "Asia/Harbin",
    "Asia/Istanbul",
    "Asia/Kashgar",
    "Asia/Katmandu",
    "Asia/Macao",
    "Asia/Rangoon",
    "Asia/Saigon",
    "Asia/Tel_Aviv",
    "Asia/Thimbu",
    "Asia/Ujung_Pandang",
    "Asia/Ulan_Bator",
    "Atlantic/Faeroe",
    "Atlantic/Jan_Mayen",
    "Australia/ACT",
    "Australia/Canberra",
    "Australia/Currie",
    "Australia/LHI",
    "Australia/NSW",
    "Australia/North",
    "Australia/Queensland",
    "Australia/South",
    "Australia/Tasmania",
    "Australia/Victoria",
    "Australia/West",
    "Australia/Yancowinna",
    "Europe/Belfast",
    "Europe/Kiev",
    "Europe/Nicosia",
    "Europe/Tiraspol",
    "Europe/Uzhgorod",
    "Europe/Zaporozhye",
    "Pacific/Enderbury",
    "Pacific/Johnston",
    "Pacific/Ponape",
    "Pacific/Samoa",
    "Pacific/Truk",
    "Pacific/Yap",
];

pub(super) fn place_en(name: &str) -> String {
    let place = name.rsplit('/').next().unwrap_or(name);
    match place {
        "St_Johns" => "St. John's".to_owned(),
        "Port-au-Prince" | "Blanc-Sablon" => place.to_owned(),
        "Port_of_Spain" => "Port of Spain".to_owned(),
        "Sao_Paulo" => "São Paulo".to_owned(),
        "Bogota" => "Bogotá".to_owned(),
        "Asuncion" => "Asunción".to_owned(),
        "Reunion" => "Réunion".to_owned(),
        "Ho_Chi_Minh" => "Ho Chi Minh City".to_owned(),
        "Kyiv" | "Kiev" => "Kyiv".to_owned(),
        "DumontDUrville" => "Dumont d'Urville".to_owned(),
        other => other.replace('_', " "),
    }
}

pub(super) fn place_fr(name: &str) -> String {
    let place = name.rsplit('/').next().unwrap_or(name);
    match FRENCH_PLACES.binary_search_by_key(&place, |(key, _)| key) {
        Ok(position) => FRENCH_PLACES
            .get(position)
            .map_or_else(|| place_en(name), |(_, french)| (*french).to_owned()),
        Err(_) => place_en(name),
    }
}

/// Places whose French name differs, sorted by the database's spelling.
pub(super) const FRENCH_PLACES: &[(&str, &str)] = &[
    ("Addis_Ababa", "Addis-Abeba"),
    ("Algiers", "Alger"),
    ("Ashgabat", "Achgabat"),
    ("Athens", "Athènes"),
    ("Baghdad", "Bagdad"),
    ("Bahrain", "Bahreïn"),
    ("Baku", "Bakou"),
    ("Barbados", "La Barbade"),
    ("Beirut", "Beyrouth"),
    ("Bishkek", "Bichkek"),
    ("Brussels", "Bruxelles"),
    ("Bucharest", "Bucarest"),
    ("Cairo", "Le Caire"),
    ("Canary", "Îles Canaries"),
    ("Cape_Verde", "Cap-Vert"),
    ("Chisinau", "Chișinău"),
    ("Comoro", "Comores"),
    ("Copenhagen", "Copenhague"),
    ("Damascus", "Damas"),
    ("Dar_es_Salaam", "Dar es Salam"),
    ("Dhaka", "Dacca"),
    ("Dominica", "Dominique"),
    ("Dubai", "Dubaï"),
    ("Dushanbe", "Douchanbé"),
    ("El_Aaiun", "Laâyoune"),
    ("Faroe", "Îles Féroé"),
    ("Fiji", "Fidji"),
    ("Grenada", "Grenade"),
    ("Havana", "La Havane"),
    ("Hebron", "Hébron"),
    ("Ho_Chi_Minh", "Hô-Chi-Minh-Ville"),
    ("Jamaica", "Jamaïque"),
    ("Jerusalem", "Jérusalem"),
    ("Kabul", "Kaboul"),
    ("Kathmandu", "Katmandou"),
    ("Kuwait", "Koweït"),
    ("Kyiv", "Kyïv"),
    ("Lisbon", "Lisbonne"),
    ("London", "Londres"),
    ("Macau", "Macao"),
    ("Madeira", "Madère"),
    ("Malta", "Malte"),
    ("Manila", "Manille"),
    ("Mauritius", "Maurice"),
    ("Mexico_City", "Mexico"),
    ("Mogadishu", "Mogadiscio"),
    ("Moscow", "Moscou"),
    ("Ndjamena", "N'Djaména"),
    ("Nicosia", "Nicosie"),
    ("Noumea", "Nouméa"),
    ("Port_of_Spain", "Port-d'Espagne"),
    ("Puerto_Rico", "Porto Rico"),
    ("Reunion", "La Réunion"),
    ("Riyadh", "Riyad"),
    ("Santo_Domingo", "Saint-Domingue"),
    ("Sao_Paulo", "São Paulo"),
    ("Sao_Tome", "São Tomé"),
    ("Seoul", "Séoul"),
    ("Singapore", "Singapour"),
    ("St_Johns", "St. John's"),
    ("St_Lucia", "Sainte-Lucie"),
    ("St_Vincent", "Saint-Vincent"),
    ("Tashkent", "Tachkent"),
    ("Tbilisi", "Tbilissi"),
    ("Tehran", "Téhéran"),
    ("Thimphu", "Thimphou"),
    ("Ulaanbaatar", "Oulan-Bator"),
    ("Vatican", "Le Vatican"),
    ("Vienna", "Vienne"),
    ("Warsaw", "Varsovie"),
    ("Yerevan", "Erevan"),
];

/// HNE, HAE and their sisters; only in North America, where EST or MST mean these.
pub(super) fn french_abbreviation(zone: &str, abbreviation: &str) -> Option<&'static str> {
    let north_america = ["America/", "Canada/", "US/"];
    if !north_america.iter().any(|area| zone.starts_with(area)) {
        return None;
    }
    Some(match abbreviation {
        "NST" => "HNT",
        "NDT" => "HAT",
        "AST" => "HNA",
        "ADT" => "HAA",
        "EST" => "HNE",
        "EDT" => "HAE",
        "CST" => "HNC",
        "CDT" => "HAC",
        "MST" => "HNR",
        "MDT" => "HAR",
        "PST" => "HNP",
        "PDT" => "HAP",
        _ => return None,
    })
}
