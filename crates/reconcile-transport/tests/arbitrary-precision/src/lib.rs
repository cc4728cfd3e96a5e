//! The tests of decimals and decoding, with `serde_json/arbitrary_precision` on.

#[cfg(test)]
#[path = "../../decimals.rs"]
mod decimals;

#[cfg(test)]
#[path = "../../decoding.rs"]
mod decoding;

#[cfg(test)]
mod tests {
    #[test]
    fn arbitrary_precision_is_on() {
        let digits = "0.1234567890123456789";
        let value: serde_json::Value = serde_json::from_str(digits).unwrap();
        assert_eq!(value.to_string(), digits);
    }
}
