//! From values to canonical text.

use super::{Member, Node, Value};

/// The canonical text: two blanks a level, one line a member or item, `{}` and
/// `[]` on one line, line feeds, one at the end. Numbers, escapes and the order
/// of keys stay as they are.
#[must_use]
pub fn write(node: &Node<'_>) -> String {
    let mut out = String::new();
    write_node(&mut out, node, 0);
    out.push('\n');
    out
}

fn write_node(out: &mut String, node: &Node<'_>, level: usize) {
    match &node.value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(lexeme) => out.push_str(lexeme),
        Value::Text(text) => write_quoted(out, text.lexeme()),
        Value::Array(items) => write_lines(out, ['[', ']'], items, level, write_node),
        Value::Object(members) => write_lines(out, ['{', '}'], members, level, write_member),
    }
}

fn write_member(out: &mut String, member: &Member<'_>, level: usize) {
    write_quoted(out, member.key.lexeme());
    out.push_str(": ");
    write_node(out, &member.node, level);
}

fn write_lines<T>(
    out: &mut String,
    [open, close]: [char; 2],
    items: &[T],
    level: usize,
    write_item: fn(&mut String, &T, usize),
) {
    out.push(open);
    for (index, item) in items.iter().enumerate() {
        out.push_str(if index == 0 { "\n" } else { ",\n" });
        indent(out, level + 1);
        write_item(out, item, level + 1);
    }
    if !items.is_empty() {
        out.push('\n');
        indent(out, level);
    }
    out.push(close);
}

fn write_quoted(out: &mut String, lexeme: &str) {
    out.push('"');
    out.push_str(lexeme);
    out.push('"');
}

fn indent(out: &mut String, level: usize) {
    for _ in 0..level {
        out.push_str("  ");
    }
}
