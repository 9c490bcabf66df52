//! Whether the state in a machine-readable zone is the one in a certificate's name.
//!
//! A zone names its issuing state by three letters (ICAO 9303-3 section 5), a CSCA's name by two (ICAO 9303-12 table 5).
//! An operator may trust many states; each may speak only for itself.

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

/// States and organisations whose zones do not follow ISO 3166-1: Germany, the European Union, the United Nations, Kosovo.
const OTHERS: [(&str, &[&str]); 6] = [
    ("D", &["DE"]),
    ("EUE", &["EU"]),
    ("UNO", &["UN"]),
    ("UNA", &["UN"]),
    ("RKS", &["KS", "XK"]),
    // The dependent territories' documents.
    ("GBD", &["GB"]),
];

/// Whether `zone` (the issuing state, without fillers) and `country` (in capitals) are the same state.
pub(crate) fn same(zone: &str, country: &str) -> bool {
    let other = OTHERS.iter().any(|(code, countries)| *code == zone && countries.contains(&country));
    other || ISO_3166.split(' ').any(|pair| pair.split_at_checked(3) == Some((zone, country)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_itself_and_no_other() {
        let pairs: Vec<_> = ISO_3166.split(' ').map(|pair| pair.split_at(3)).collect();
        assert_eq!(pairs.len(), 248);
        for (zone, country) in &pairs {
            let names: Vec<_> = pairs.iter().filter(|(_, other)| same(zone, other)).collect();
            assert_eq!(names, [&(*zone, *country)]);
            assert_eq!((zone.len(), country.len()), (3, 2));
        }
        for (zone, country) in [("VNM", "VN"), ("D", "DE"), ("UTO", "UT"), ("EUE", "EU"), ("RKS", "KS")] {
            assert_eq!(same(zone, country), zone != "UTO", "{zone}");
        }
        for (zone, country) in
            [("VNM", "LA"), ("LAO", "VN"), ("", ""), ("VNM", ""), ("", "VN"), ("VNM VN", "")]
        {
            assert!(!same(zone, country), "{zone} {country}");
        }
    }
}
