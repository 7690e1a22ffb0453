use super::*;

fn mended(text: &str) -> String {
    mend(text, &mut Repairs::default()).into_owned()
}

/// What a program makes of UTF-8 that it takes for another encoding.
fn damaged(text: &str, encoding: &'static Encoding) -> String {
    encoding
        .decode_without_bom_handling(text.as_bytes())
        .0
        .into_owned()
}

const CLEAN: [&str; 27] = [
    "Größe, Übermut, „MENÜ“, »Äpfel«, „GROß“ – „JÄ…“ ‚Ärger‘ süß™ Süßä",
    "Déjà vu à l’été, «É», « Noël », “café…” “café”, l’œuvre, GARÇON…, cœur—",
    "Åsa “Å” på ön, ”NÅ”, Å–Ö, Malmö–Åre",
    "Zażółć gęślą jaźń, „ŁÓDŹ”, ŻÓŁĆ…",
    "“NÃO” “IRMÔ, São João, à…, É–, 1º 2ª",
    "VÝŠKA, TOMÁŠ, NÍŽE, Žluťoučký kůň, Škoda",
    "El niño dijo: «ÑANDÚ», ¿Qué? ¡ÁÉÍÓÚ!, Ñ…",
    "日本語のメモ、東京。「会議」",
    "Привет, мир — “да”… «НЕТ»",
    "Ελληνικά «Ώρα»…",
    "שלום עולם ‏",
    "مرحبا بالعالم",
    "한국어 노트",
    "😊 🎉 👩‍👩‍👧 ✅ → ™ € • …",
    "x ≤ √π, √∞, √2, ∂x ≈ ±1, ¬∃x, ¬p, Σ∑∏ 5°–6°",
    "Đặng Thị Ngọc Thịnh, Âm nhạc, «Â»",
    "“Â” – «ROMÂNĂ» România, țară, Â…",
    "İstanbul Şişli ğ ı ÇĞÜ",
    "Þórður Æsir Ð…, “Þ”",
    "ÄÖÜ äöü ß; ÉÈÊ éèê",
    "½ ¼ 100 °C ± 2 µm §5 © 2019 ®",
    "naïve façade “naïve” coöperate",
    "Ærø, Øl, Å; “Ø” – «Å»",
    "let s = \"ä…\"; // ü",
    "»Ahoj, mamá»… «papá»‹, já º á»”",
    "สวัสดีชาวโลก",
    "नमस्ते दुनिया, გამარჯობა",
];

#[test]
fn text_in_order_is_never_changed() {
    for text in CLEAN {
        assert_eq!(mended(text), text);
    }
    assert!(matches!(
        mend(CLEAN[0], &mut Repairs::default()),
        Cow::Borrowed(_)
    ));
}

#[test]
fn what_was_written_comes_back() {
    for text in [
        "It’s “quoted” – and … done • yes",
        "Größe und Übermut fließen, schön",
        "Déjà vu, l’été français, Noël, garçon",
        "Åsa går på en ö i Malmö",
        "日本語のメモ",
        "Привет мир",
        "😊 great 🎉",
        "10 € or £20, a → b ✅",
        "“Zażółć gęślą jaźń” it’s",
    ] {
        assert_eq!(mended(&damaged(text, WINDOWS_1252)), text);
        assert_eq!(mended(&damaged(text, MACINTOSH)), text);
    }
}

#[test]
fn damage_done_twice_is_undone_twice() {
    let twice = damaged(&damaged("It’s", WINDOWS_1252), WINDOWS_1252);
    assert_eq!(mended(&twice), "It’s");
}

#[test]
fn an_emoji_without_its_first_byte_is_known() {
    assert_eq!(mended("fun üòä"), "fun 😊");
    assert_eq!(mended("‚Äúfun‚Äù üòä."), "“fun” 😊.");
}

#[test]
fn mixed_texts_are_mended_run_by_run() {
    let mut repairs = Repairs::default();
    let text = mend("Größe – itâ€™s cafÃ©, “NÃO”", &mut repairs);
    assert_eq!(text, "Größe – it’s café, “NÃO”");
    let kinds: Vec<_> = repairs.into_vec();
    assert_eq!(
        (kinds[0].kind, kinds[0].count),
        ("mojibake-windows-1252", 2)
    );
}

#[test]
fn who_writes_about_it_means_it() {
    let text = "Mojibake is when you see â€™ or Ã©";
    assert_eq!(mended(text), text);
}

#[test]
fn long_texts_take_no_time() {
    let started = std::time::Instant::now();
    mended(&"Ã©â€™‚Äú".repeat(200_000));
    mended(&"Ã".repeat(1_000_000));
    assert!(started.elapsed().as_secs() < 20);
}

/// As Latin 1 proper, where the upper half's first quarter is control characters.
fn damaged_by_latin_1(text: &str) -> String {
    text.bytes().map(char::from).collect()
}

/// Words of prose, titles and code, put together in every way.
const PARTS: [&str; 16] = [
    "It’s a day",
    "“Queues at night”",
    "`let s = \"ä\";`",
    "Größe und Übermut",
    "l’été français",
    "Åsa på ön i Malmö",
    "Zażółć gęślą jaźń",
    "São João, não",
    "El niño dijo",
    "Привет мир",
    "日本語のメモ",
    "😊 done",
    "# Title — Ann Poe",
    "fn main() { println!(\"x\"); }",
    "10 € – 20 £ …",
    "plain words only",
];

/// The text damaged by each of three programs, once and twice.
fn mangled(text: &str) -> [String; 6] {
    let once = [
        damaged(text, WINDOWS_1252),
        damaged(text, MACINTOSH),
        damaged_by_latin_1(text),
    ];
    let twice = [
        damaged(&once[0], WINDOWS_1252),
        damaged(&once[1], MACINTOSH),
        damaged_by_latin_1(&once[2]),
    ];
    let [a, b, c] = once;
    let [d, e, f] = twice;
    [a, b, c, d, e, f]
}

/// Nothing half mended: a text is as it was written, or as it was found.
#[test]
fn what_is_mangled_comes_back_or_stays_as_it_is() {
    let mut texts: Vec<String> = CLEAN.map(str::to_owned).to_vec();
    for first in PARTS {
        for second in PARTS {
            texts.push(format!("{first}, {second}. {first}"));
        }
    }
    let mut wrong = Vec::new();
    let mut mended_count = 0;
    let all = texts.len() * 6;
    for text in &texts {
        assert_eq!(&mended(text), text);
        for mangled in mangled(text) {
            let after = mended(&mangled);
            mended_count += usize::from(after == *text);
            if after != *text && after != mangled {
                wrong.push(format!("{text} | {mangled} | {after}"));
            }
        }
    }
    println!("{mended_count} of {all} mended, {} neither", wrong.len());
    assert!(wrong.is_empty(), "{:#?}", &wrong[..wrong.len().min(12)]);
    assert!(mended_count * 100 >= all * 97, "{mended_count} of {all}");
}

/// Texts are looked at in pieces, and damage may lie across two.
#[test]
fn damage_is_found_wherever_it_stands() {
    let text = "word ".repeat(40);
    for at in 0..text.len() {
        let (before, behind) = text.split_at(at);
        let was = format!("{before}“é{behind}");
        assert_eq!(mended(&format!("{before}â€œÃ©{behind}")), was);
        assert!(!has_neighbours(format!("{before}é{behind}").as_bytes()));
    }
}
