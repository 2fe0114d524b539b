//! Bicep files, as far as the rules and the comparisons with the code need to understand them. The grammar is
//! tree-sitter's; what the names mean is worked out here.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use tree_sitter::{Node, Parser, Tree};

/// A parsed file.
pub(crate) struct Template {
    /// As in `infra/modules/api.bicep`, for messages; modules are looked up beside it.
    pub(crate) path: PathBuf,
    text: String,
    tree: Tree,
}

/// `param`, `var`, `resource`, `module` or `output`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Param,
    Var,
    Resource,
    Module,
    Output,
}

#[derive(Clone, Copy)]
pub(crate) struct Declaration<'a> {
    pub(crate) kind: Kind,
    pub(crate) name: &'a str,
    pub(crate) node: Node<'a>,
    /// `@secure()` and the like.
    pub(crate) decorators: &'a str,
}

impl Template {
    pub(crate) fn parse(path: &Path, text: &str) -> Self {
        let mut parser = Parser::new();
        parser.set_language(&tree_sitter_bicep::LANGUAGE.into()).expect("grammar and parser fit");
        let tree = parser.parse(text, None).expect("there is no time limit");
        Self { path: path.to_owned(), text: text.to_owned(), tree }
    }

    pub(crate) fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path);
        Self::parse(path, &text.unwrap_or_else(|error| panic!("{}: {error}", path.display())))
    }

    pub(crate) fn root(&self) -> Node<'_> {
        self.tree.root_node()
    }

    pub(crate) fn text(&self, node: Node<'_>) -> &str {
        &self.text[node.byte_range()]
    }

    /// For messages.
    pub(crate) fn line(&self, node: Node<'_>) -> String {
        let file = self.path.file_name().unwrap_or_default().to_string_lossy();
        format!("{file}:{}", node.start_position().row + 1)
    }

    pub(crate) fn declarations(&self) -> Vec<Declaration<'_>> {
        let mut found = Vec::new();
        let mut decorators = "";
        for node in children(self.root()) {
            let kind = match node.kind() {
                "decorators" => {
                    decorators = self.text(node);
                    continue;
                }
                "parameter_declaration" => Kind::Param,
                "variable_declaration" => Kind::Var,
                "resource_declaration" => Kind::Resource,
                "module_declaration" => Kind::Module,
                "output_declaration" => Kind::Output,
                _ => continue,
            };
            let name = children(node).into_iter().find(|child| child.kind() == "identifier");
            let name = name.map_or("", |name| self.text(name));
            found.push(Declaration {
                kind,
                name,
                node,
                decorators: std::mem::take(&mut decorators),
            });
        }
        found
    }

    pub(crate) fn of(&self, kind: Kind) -> Vec<Declaration<'_>> {
        self.declarations().into_iter().filter(|it| it.kind == kind).collect()
    }

    pub(crate) fn var(&self, name: &str) -> Node<'_> {
        let found = self.of(Kind::Var).into_iter().find(|it| it.name == name);
        let found = found.and_then(Declaration::value);
        found.unwrap_or_else(|| panic!("{} has no variable `{name}`", self.path.display()))
    }

    /// The text of a string without `${…}`.
    pub(crate) fn literal(&self, node: Node<'_>) -> Option<&str> {
        let parts = children(node);
        match (node.kind(), parts.as_slice()) {
            ("string", []) => Some(""),
            ("string", [only]) if only.kind() == "string_content" => Some(self.text(*only)),
            _ => None,
        }
    }

    /// The properties of an object; of several, if a condition or a loop chooses.
    pub(crate) fn properties<'a>(&'a self, object: Node<'a>) -> Vec<(&'a str, Node<'a>)> {
        let pairs = children(object).into_iter().filter(|it| it.kind() == "object_property");
        let pairs = pairs.filter_map(|pair| match children(pair).as_slice() {
            [key, .., value] => Some((self.literal(*key).unwrap_or(self.text(*key)), *value)),
            _ => None,
        });
        pairs.collect()
    }

    /// The node under `path`, such as `properties.cors`.
    pub(crate) fn at<'a>(&'a self, object: Node<'a>, path: &str) -> Option<Node<'a>> {
        path.split('.').try_fold(object, |node, step| {
            self.properties(node).into_iter().find(|(key, _)| *key == step).map(|(_, value)| value)
        })
    }

    /// Type and version of a resource, or the path of a module.
    pub(crate) fn of_what(&self, declaration: Declaration<'_>) -> &str {
        let text = children(declaration.node).into_iter().find(|child| child.kind() == "string");
        text.and_then(|text| self.literal(text)).unwrap_or("")
    }

    /// Every string without `${…}` below `node`.
    pub(crate) fn literals<'a>(&'a self, node: Node<'a>) -> BTreeSet<&'a str> {
        let mut found = BTreeSet::new();
        visit(node, &mut |it| {
            if let Some(text) = self.literal(it) {
                found.insert(text);
            }
        });
        found
    }
}

impl<'a> Declaration<'a> {
    /// The value of a variable, an output or a parameter's default.
    pub(crate) fn value(self) -> Option<Node<'a>> {
        // The name comes first, and a type may follow.
        children(self.node).into_iter().skip(1).next_back().filter(|it| it.kind() != "type")
    }

    /// What a resource or module is made with, whatever loop or condition stands around it.
    pub(crate) fn body(self) -> Option<Node<'a>> {
        let mut node = children(self.node).pop()?;
        while node.kind() != "object" {
            node = match node.kind() {
                "for_statement" => node.child_by_field_name("body")?,
                "if_statement" => children(node).pop()?,
                _ => return None,
            };
        }
        Some(node)
    }

    pub(crate) fn is_existing(self) -> bool {
        let mut cursor = self.node.walk();
        self.node.children(&mut cursor).any(|child| child.kind() == "existing")
    }
}

pub(crate) fn children(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).filter(|child| child.kind() != "comment").collect()
}

pub(crate) fn visit<'a>(node: Node<'a>, see: &mut impl FnMut(Node<'a>)) {
    see(node);
    let mut cursor = node.walk();
    let all: Vec<_> = node.children(&mut cursor).collect();
    for child in all {
        visit(child, see);
    }
}
