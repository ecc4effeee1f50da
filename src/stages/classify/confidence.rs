//! How often a case of a weight is right: the golden set's answer, as data.
//!
//! Weights are made by people and only say which case is stronger. A confidence is a promise: of a hundred logs that are
//! called something with .9, ten are something else. Between two knots it goes in a straight line.

/// Weight and confidence, both rising. Made by `tests/golden/calibrate.py`, which says how.
const KNOTS: [(f64, f64); 6] = [(0.0, 0.0), (0.55, 0.55), (0.66, 0.91), (0.72, 0.94), (0.82, 0.99), (1.0, 0.99)];

pub fn of_weight(weight: f64) -> f64 {
    let above = KNOTS.iter().position(|(knot, _)| *knot >= weight).unwrap_or(KNOTS.len() - 1).max(1);
    let (Some(low), Some(high)) = (KNOTS.get(above - 1), KNOTS.get(above)) else { return 0.0 };
    let part = ((weight - low.0) / (high.0 - low.0)).clamp(0.0, 1.0);
    low.1 + part * (high.1 - low.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_weight_is_never_less_confidence_and_nothing_is_certain() {
        let all: Vec<f64> = (0..=100).map(|hundredth| of_weight(f64::from(hundredth) / 100.0)).collect();
        assert!(all.is_sorted());
        assert!(all.iter().all(|confidence| (0.0..1.0).contains(confidence)));
        for (weight, confidence) in KNOTS {
            assert!((of_weight(weight) - confidence).abs() < 1e-9);
        }
        assert!(of_weight(7.0) < 1.0 && of_weight(-7.0) >= 0.0);
    }
}
