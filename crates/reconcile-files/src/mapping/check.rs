//! Whether the settings of a mapping go together.

use super::{Field, Mapping};

/// Settings that contradict each other, and what to do.
pub(crate) struct Contradiction {
    pub(crate) message: String,
    pub(crate) hint: &'static str,
}

impl Mapping {
    /// An error where a file could not be read as the mapping says, or in two ways.
    pub(crate) fn check(&self) -> Result<(), Contradiction> {
        if self.thousands_separator == Some(self.decimal_separator) {
            return Err(Contradiction {
                message: format!(
                    "`{}` cannot separate both the thousands and the fraction",
                    self.decimal_separator
                ),
                hint: "set both decimal_separator and thousands_separator",
            });
        }
        self.check_two_columns()
    }

    fn check_two_columns(&self) -> Result<(), Contradiction> {
        let column = |field| self.columns.get(&field);
        let (message, hint) = match (column(Field::MoneyIn), column(Field::MoneyOut)) {
            (None, None) => return Ok(()),
            (Some(_), None) => ("`money_in` has a column, and `money_out` has none", BOTH),
            (None, Some(_)) => ("`money_out` has a column, and `money_in` has none", BOTH),
            (Some(one), Some(other)) if one == other => {
                ("`money_in` and `money_out` have the same column", BOTH)
            }
            _ if column(Field::Amount).is_some() => (
                "`amount` has a column beside those of `money_in` and `money_out`",
                "leave out amount where two columns hold it",
            ),
            _ if self.says_direction() => (
                "a direction is set beside the columns of `money_in` and `money_out`",
                "leave out direction: the column that an amount stands in says which way it moved",
            ),
            _ => return Ok(()),
        };
        Err(Contradiction {
            message: message.to_owned(),
            hint,
        })
    }

    fn says_direction(&self) -> bool {
        self.columns.contains_key(&Field::Direction)
            || self.direction.is_some()
            || !self.words.direction.is_empty()
    }
}

const BOTH: &str = "name two columns, as in columns = { money_in = \"Debe\", money_out = \"Haber\" }; \
                    where the sign says which way an amount moved, one column is `amount`";
