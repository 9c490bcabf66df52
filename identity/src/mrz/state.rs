//! The states and organisations that a zone names (ICAO 9303-3 section 5).
//!
//! A zone names them by three letters, Germany by one; a CSCA's name has two (ICAO 9303-12 table 5). An operator may trust
//! many states; each may speak only for itself.

use thiserror::Error;
use zeroize::Zeroize;

use super::{Field, MrzError};

/// ISO 3166-1: three letters, then two. Germany is not here: its zones say `D`.
const ISO_3166: &str = "\
    ABWAW AFGAF AGOAO AIAAI ALAAX ALBAL ANDAD AREAE ARGAR ARMAM ASMAS ATAAQ ATFTF ATGAG AUSAU AUTAT \
    AZEAZ BDIBI BELBE BENBJ BESBQ BFABF BGDBD BGRBG BHRBH BHSBS BIHBA BLMBL BLRBY BLZBZ BMUBM BOLBO \
    BRABR BRBBB BRNBN BTNBT BVTBV BWABW CAFCF CANCA CCKCC CHECH CHLCL CHNCN CIVCI CMRCM CODCD COGCG \
    COKCK COLCO COMKM CPVCV CRICR CUBCU CUWCW CXRCX CYMKY CYPCY CZECZ DJIDJ DMADM DNKDK DOMDO DZADZ \
    ECUEC EGYEG ERIER ESHEH ESPES ESTEE ETHET FINFI FJIFJ FLKFK FRAFR FROFO FSMFM GABGA GBRGB GEOGE \
    GGYGG GHAGH GIBGI GINGN GLPGP GMBGM GNBGW GNQGQ GRCGR GRDGD GRLGL GTMGT GUFGF GUMGU GUYGY HKGHK \
    HMDHM HNDHN HRVHR HTIHT HUNHU IDNID IMNIM INDIN IOTIO IRLIE IRNIR IRQIQ ISLIS ISRIL ITAIT JAMJM \
    JEYJE JORJO JPNJP KAZKZ KENKE KGZKG KHMKH KIRKI KNAKN KORKR KWTKW LAOLA LBNLB LBRLR LBYLY LCALC \
    LIELI LKALK LSOLS LTULT LUXLU LVALV MACMO MAFMF MARMA MCOMC MDAMD MDGMG MDVMV MEXMX MHLMH MKDMK \
    MLIML MLTMT MMRMM MNEME MNGMN MNPMP MOZMZ MRTMR MSRMS MTQMQ MUSMU MWIMW MYSMY MYTYT NAMNA NCLNC \
    NERNE NFKNF NGANG NICNI NIUNU NLDNL NORNO NPLNP NRUNR NZLNZ OMNOM PAKPK PANPA PCNPN PERPE PHLPH \
    PLWPW PNGPG POLPL PRIPR PRKKP PRTPT PRYPY PSEPS PYFPF QATQA REURE ROURO RUSRU RWARW SAUSA SDNSD \
    SENSN SGPSG SGSGS SHNSH SJMSJ SLBSB SLESL SLVSV SMRSM SOMSO SPMPM SRBRS SSDSS STPST SURSR SVKSK \
    SVNSI SWESE SWZSZ SXMSX SYCSC SYRSY TCATC TCDTD TGOTG THATH TJKTJ TKLTK TKMTM TLSTL TONTO TTOTT \
    TUNTN TURTR TUVTV TWNTW TZATZ UGAUG UKRUA UMIUM URYUY USAUS UZBUZ VATVA VCTVC VENVE VGBVG VIRVI \
    VNMVN VUTVU WLFWF WSMWS YEMYE ZAFZA ZMBZM ZWEZW";

/// Codes of zones that are not of ISO 3166-1, and the countries in the names of those who sign such documents: Germany,
/// the United Kingdom's other nationals, the European Union, the United Nations, Kosovo.
const OTHERS: [(&str, &[&str]); 11] = [
    ("D", &["DE"]),
    ("EUE", &["EU"]),
    ("UNO", &["UN"]),
    ("UNA", &["UN"]),
    ("UNK", &["UN"]),
    ("RKS", &["KS", "XK"]),
    ("GBD", &["GB"]),
    ("GBN", &["GB"]),
    ("GBO", &["GB"]),
    ("GBP", &["GB"]),
    ("GBS", &["GB"]),
];

/// Codes without a country: organisations that issue documents, people without or of unspecified nationality (XXA to XXX),
/// and Utopia, the state of ICAO's specimens.
const WITHOUT_COUNTRY: &str = "XBA XIM XCC XCE XCO XEC XPO XES XMP XOM XDC XXA XXB XXC XXX UTO";

/// A state or organisation as a zone names it: one to three letters, such as `VNM`, `D`, `XXA`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Zeroize)]
pub struct StateCode([u8; 3]);

/// The text is no code of a state: one to three letters A to Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("expected one to three letters A to Z")]
pub struct NotAStateCode;

impl StateCode {
    /// Viet Nam.
    pub const VIET_NAM: Self = Self(*b"VNM");

    /// Parses one to three letters A to Z, without fillers.
    ///
    /// # Errors
    /// Where it is anything else. A code that no list has is one all the same: [`StateCode::is_listed`].
    pub fn parse(text: &str) -> Result<Self, NotAStateCode> {
        let letters = text.as_bytes();
        if letters.is_empty() || letters.len() > 3 || !letters.iter().all(u8::is_ascii_uppercase) {
            return Err(NotAStateCode);
        }
        let mut code = [b'<'; 3];
        code.iter_mut().zip(letters).for_each(|(place, letter)| *place = *letter);
        Ok(Self(code))
    }

    /// The one that stands in `zone` at `position`, filled up to three.
    pub(super) fn in_zone(zone: &str, position: usize, field: Field) -> Result<Self, MrzError> {
        let text = zone.get(position..position + 3).unwrap_or_default();
        Self::parse(text.trim_end_matches('<')).map_err(|_| MrzError::Form(field))
    }

    /// The letters, without fillers.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default().trim_end_matches('<')
    }

    /// Whether it stands in ICAO 9303-3 section 5.
    pub fn is_listed(self) -> bool {
        let code = self.as_str();
        iso_3166().any(|(zone, _)| zone == code)
            || OTHERS.iter().any(|(zone, _)| *zone == code)
            || WITHOUT_COUNTRY.split(' ').any(|zone| zone == code)
    }

    /// Whether `country` (two capital letters, ISO 3166-1) is the same state.
    pub fn is_country(self, country: &str) -> bool {
        let code = self.as_str();
        OTHERS.iter().any(|(zone, countries)| *zone == code && countries.contains(&country))
            || iso_3166().any(|pair| pair == (code, country))
    }
}

/// Each state's three letters, and its two.
fn iso_3166() -> impl Iterator<Item = (&'static str, &'static str)> {
    ISO_3166.split(' ').filter_map(|pair| pair.split_at_checked(3))
}

impl std::fmt::Display for StateCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::fmt::Debug for StateCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StateCode({self})")
    }
}

impl std::str::FromStr for StateCode {
    type Err = NotAStateCode;

    fn from_str(text: &str) -> Result<Self, NotAStateCode> {
        Self::parse(text)
    }
}

impl serde::Serialize for StateCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> serde::Deserialize<'de> for StateCode {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> StateCode {
        StateCode::parse(text).unwrap()
    }

    #[test]
    fn every_state_is_itself_and_no_other() {
        let pairs: Vec<_> = iso_3166().collect();
        assert_eq!(pairs.len(), 248);
        for (zone, country) in &pairs {
            let names: Vec<_> = pairs.iter().filter(|(_, other)| code(zone).is_country(other)).collect();
            assert_eq!(names, [&(*zone, *country)]);
            assert_eq!((zone.len(), country.len()), (3, 2));
            assert!(code(zone).is_listed());
        }
        for (zone, country) in
            [("VNM", "VN"), ("D", "DE"), ("UTO", "UT"), ("EUE", "EU"), ("RKS", "KS"), ("GBN", "GB")]
        {
            assert_eq!(code(zone).is_country(country), zone != "UTO", "{zone}");
        }
        for (zone, country) in [("VNM", "LA"), ("LAO", "VN"), ("VNM", ""), ("DEU", "DE"), ("XXA", "XX")] {
            assert!(!code(zone).is_country(country), "{zone} {country}");
        }
    }

    #[test]
    fn a_code_is_one_to_three_letters_and_the_list_says_which_are_real() {
        for listed in ["VNM", "D", "RKS", "UTO", "XXA", "XXB", "XXC", "XXX", "UNO", "XOM", "GBD", "EUE"] {
            assert!(code(listed).is_listed(), "{listed}");
            assert_eq!(code(listed).to_string(), listed);
        }
        for unlisted in ["DEU", "VNN", "O", "VN", "ZZZ"] {
            assert!(!code(unlisted).is_listed(), "{unlisted}");
        }
        for bad in ["", "VNMM", "vnm", "V1M", "D<<", "<", "Đ", "V N"] {
            assert_eq!(StateCode::parse(bad), Err(NotAStateCode), "{bad}");
        }
    }

    #[test]
    fn in_json_it_is_its_letters() {
        assert_eq!(serde_json::to_string(&code("D")).unwrap(), "\"D\"");
        assert_eq!(serde_json::from_str::<StateCode>("\"XXA\"").unwrap(), code("XXA"));
        assert!(serde_json::from_str::<StateCode>("\"D<<\"").is_err());
    }
}
