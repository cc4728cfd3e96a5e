//! From values to text.

use super::{Member, Node, Value};

/// The canonical text: two blanks a level, one line a member or item, `{}` and
/// `[]` on one line, line feeds, one at the end. Numbers, escapes and the order
/// of keys stay as they are.
#[must_use]
pub fn write(node: &Node<'_>) -> String {
    write_within(node, 0)
}

/// The same, but with every array and object on one line that fits on a line
/// of so many columns.
#[must_use]
pub fn write_within(node: &Node<'_>, columns: usize) -> String {
    let mut writer = Writer {
        out: String::new(),
        columns,
    };
    writer.node(node, 0);
    writer.out.push('\n');
    writer.out
}

struct Writer {
    out: String,
    columns: usize,
}

impl Writer {
    fn node(&mut self, node: &Node<'_>, level: usize) {
        let is_broken = match &node.value {
            Value::Array(items) => !items.is_empty(),
            Value::Object(members) => !members.is_empty(),
            _ => false,
        };
        if !is_broken || self.fits(node) {
            return write_line(&mut self.out, node);
        }
        match &node.value {
            Value::Array(items) => self.lines(['[', ']'], items, level, Self::node),
            Value::Object(members) => self.lines(['{', '}'], members, level, Self::member),
            _ => {}
        }
    }

    fn member(&mut self, member: &Member<'_>, level: usize) {
        write_key(&mut self.out, member);
        self.node(&member.node, level);
    }

    fn lines<T>(
        &mut self,
        [open, close]: [char; 2],
        items: &[T],
        level: usize,
        write_item: fn(&mut Self, &T, usize),
    ) {
        self.out.push(open);
        for (index, item) in items.iter().enumerate() {
            self.out.push_str(if index == 0 { "\n" } else { ",\n" });
            self.indent(level + 1);
            write_item(self, item, level + 1);
        }
        self.out.push('\n');
        self.indent(level);
        self.out.push(close);
    }

    fn indent(&mut self, level: usize) {
        for _ in 0..level {
            self.out.push_str("  ");
        }
    }

    /// Whether there is room for the node, and a comma, on the line as it is.
    fn fits(&self, node: &Node<'_>) -> bool {
        if self.columns == 0 {
            return false;
        }
        let mut line = String::new();
        write_line(&mut line, node);
        let begun = self.out.rsplit('\n').next().unwrap_or_default();
        begun.chars().count() + line.chars().count() < self.columns
    }
}

fn write_line(out: &mut String, node: &Node<'_>) {
    match &node.value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(lexeme) => out.push_str(lexeme),
        Value::Text(text) => write_quoted(out, text.lexeme()),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index == 0 { "" } else { ", " });
                write_line(out, item);
            }
            out.push(']');
        }
        Value::Object(members) => {
            out.push('{');
            for (index, member) in members.iter().enumerate() {
                out.push_str(if index == 0 { " " } else { ", " });
                write_key(out, member);
                write_line(out, &member.node);
            }
            out.push_str(if members.is_empty() { "}" } else { " }" });
        }
    }
}

fn write_key(out: &mut String, member: &Member<'_>) {
    write_quoted(out, member.key.lexeme());
    out.push_str(": ");
}

fn write_quoted(out: &mut String, lexeme: &str) {
    out.push('"');
    out.push_str(lexeme);
    out.push('"');
}
