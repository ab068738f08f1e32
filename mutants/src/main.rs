//! Writes many small changes into copies of source files at once, each of them off until its number is asked for.
//!
//!     samleng-mutants ROOT FILE ...
//!
//! Rewrites each FILE below ROOT, adds `mutant::is` to ROOT/src/lib.rs, and prints the changes, a line each: number, place, function, what
//! is different. A program built of it behaves as before, until the environment names a number in `SAMLENG_MUTANT`: then that one change is
//! on. So one build plays all of them, where a build for each would take hours.
//!
//! Left alone: whatever is computed by the compiler (constants, patterns, `const fn`), macros' arguments, and `Debug` and `Display`.

use std::path::Path;

use proc_macro2::Span;
use quote::{ToTokens, quote};
use syn::fold::{self, Fold};
use syn::spanned::Spanned as _;
use syn::{BinOp, Block, Expr, GenericArgument, PathArguments, ReturnType, Signature, Stmt, Type, UnOp, parse_quote};

/// Where the chosen number is looked up.
const SWITCH: &str = r#"
/// Which of the changes that were written in is on.
pub mod mutant {
    use std::sync::LazyLock;

    static CHOSEN: LazyLock<Option<u32>> =
        LazyLock::new(|| std::env::var("SAMLENG_MUTANT").ok()?.parse().ok());

    /// Whether this one is.
    pub fn is(number: u32) -> bool {
        *CHOSEN == Some(number)
    }
}
"#;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let root = args.next().ok_or("which folder?")?;
    let root = Path::new(&root);
    let mut mutator = Mutator::default();
    for file in args {
        let path = root.join(&file);
        let tree = syn::parse_file(&std::fs::read_to_string(&path)?)?;
        mutator.file = file;
        let tree = mutator.fold_file(tree);
        std::fs::write(path, prettyplease::unparse(&tree))?;
    }
    let lib = root.join("src/lib.rs");
    // A change may be one that the compiler can tell to go wrong.
    let lenient = "#![allow(arithmetic_overflow, unconditional_panic, unused_parens)]\n";
    let text = std::fs::read_to_string(&lib)?;
    std::fs::write(&lib, lenient.to_owned() + &text + SWITCH)?;
    Ok(())
}

#[derive(Default)]
struct Mutator {
    file: String,
    function: String,
    last: u32,
}

impl Mutator {
    /// Whether the change with the next number is on; the change is told.
    fn switch(&mut self, at: Span, what: &str) -> Expr {
        self.last += 1;
        let (file, line, function) = (&self.file, at.start().line, &self.function);
        println!("{}\t{file}:{line}\t{function}\t{what}", self.last);
        let number = self.last;
        parse_quote!(crate::mutant::is(#number))
    }

    /// A whole function's body; what it answers with instead of doing its work comes first.
    fn body(&mut self, signature: &Signature, block: Block) -> Block {
        let outer = std::mem::replace(&mut self.function, signature.ident.to_string());
        let at = signature.ident.span();
        let mut first: Vec<Stmt> = Vec::new();
        for answer in answers(&signature.output) {
            let is = self.switch(at, &format!("answers {} at once", answer.to_token_stream()));
            first.push(parse_quote!(if #is { return #answer; }));
        }
        let mut block = self.fold_block(block);
        block.stmts.splice(0..0, first);
        self.function = outer;
        block
    }

    fn is_left_alone(signature: &Signature) -> bool {
        signature.constness.is_some() || signature.ident == "fmt"
    }
}

/// What a function could answer without doing anything, as far as its type tells.
fn answers(output: &ReturnType) -> Vec<Expr> {
    match output {
        ReturnType::Default => vec![parse_quote!(())],
        ReturnType::Type(_, of) => values(of),
    }
}

fn values(of: &Type) -> Vec<Expr> {
    match of {
        Type::Tuple(tuple) if tuple.elems.is_empty() => vec![parse_quote!(())],
        Type::Path(path) => {
            let Some(last) = path.path.segments.last() else {
                return Vec::new();
            };
            let inner = match &last.arguments {
                PathArguments::AngleBracketed(args) => args.args.iter().find_map(|arg| match arg {
                    GenericArgument::Type(of) => Some(values(of)),
                    _ => None,
                }),
                _ => None,
            };
            let inner = inner.unwrap_or_default().into_iter();
            match last.ident.to_string().as_str() {
                "bool" => vec![parse_quote!(true), parse_quote!(false)],
                "u8" | "u16" | "u32" | "u64" | "u128" | "usize" | "i32" | "i64" => vec![parse_quote!(0), parse_quote!(1)],
                "String" => vec![parse_quote!(String::new())],
                "Vec" => vec![parse_quote!(Vec::new())],
                "Option" => {
                    let none: Expr = parse_quote!(None);
                    std::iter::once(none).chain(inner.map(|value| parse_quote!(Some(#value)))).collect()
                }
                "Result" => inner.map(|value| parse_quote!(Ok(#value))).collect(),
                _ => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}

/// Whether a pattern is bound in it (`a && let Some(b) = c`): then it is no value.
fn binds(expr: &Expr) -> bool {
    match expr {
        Expr::Let(_) => true,
        Expr::Binary(binary) => binds(&binary.left) || binds(&binary.right),
        _ => false,
    }
}

/// By which operators this one is replaced.
fn others(op: &BinOp) -> Vec<BinOp> {
    match op {
        BinOp::Eq(_) => vec![parse_quote!(!=)],
        BinOp::Ne(_) => vec![parse_quote!(==)],
        BinOp::Lt(_) => vec![parse_quote!(<=), parse_quote!(>=)],
        BinOp::Le(_) => vec![parse_quote!(<), parse_quote!(>)],
        BinOp::Gt(_) => vec![parse_quote!(>=), parse_quote!(<=)],
        BinOp::Ge(_) => vec![parse_quote!(>), parse_quote!(<)],
        BinOp::And(_) => vec![parse_quote!(||)],
        BinOp::Or(_) => vec![parse_quote!(&&)],
        BinOp::Add(_) => vec![parse_quote!(-)],
        BinOp::Sub(_) => vec![parse_quote!(+)],
        BinOp::Mul(_) => vec![parse_quote!(+)],
        BinOp::AddAssign(_) => vec![parse_quote!(-=)],
        BinOp::SubAssign(_) => vec![parse_quote!(+=)],
        _ => Vec::new(),
    }
}

impl Fold for Mutator {
    fn fold_item_fn(&mut self, mut item: syn::ItemFn) -> syn::ItemFn {
        if !Self::is_left_alone(&item.sig) {
            item.block = Box::new(self.body(&item.sig, *item.block));
        }
        item
    }

    fn fold_impl_item_fn(&mut self, mut item: syn::ImplItemFn) -> syn::ImplItemFn {
        if !Self::is_left_alone(&item.sig) {
            item.block = self.body(&item.sig, item.block);
        }
        item
    }

    fn fold_item_const(&mut self, item: syn::ItemConst) -> syn::ItemConst {
        item
    }

    fn fold_item_static(&mut self, item: syn::ItemStatic) -> syn::ItemStatic {
        item
    }

    fn fold_impl_item_const(&mut self, item: syn::ImplItemConst) -> syn::ImplItemConst {
        item
    }

    fn fold_type(&mut self, of: Type) -> Type {
        of
    }

    fn fold_pat(&mut self, pat: syn::Pat) -> syn::Pat {
        pat
    }

    fn fold_generic_argument(&mut self, argument: GenericArgument) -> GenericArgument {
        argument
    }

    fn fold_attribute(&mut self, attribute: syn::Attribute) -> syn::Attribute {
        attribute
    }

    fn fold_expr_repeat(&mut self, expr: syn::ExprRepeat) -> syn::ExprRepeat {
        expr
    }

    fn fold_expr(&mut self, expr: Expr) -> Expr {
        let at = expr.span();
        match expr {
            Expr::Binary(binary) if !binds(&binary.left) && !binds(&binary.right) => {
                let (op, left, right) = (binary.op, self.fold_expr(*binary.left), self.fold_expr(*binary.right));
                let mut whole: Expr = parse_quote!(#left #op #right);
                for other in others(&op) {
                    let what = format!("{} for {}", other.to_token_stream(), op.to_token_stream());
                    let is = self.switch(op.span(), &what);
                    whole = parse_quote!((if #is { #left #other #right } else { #whole }));
                }
                whole
            }
            Expr::Unary(unary) if matches!(unary.op, UnOp::Not(_)) => {
                let inner = self.fold_expr(*unary.expr);
                let is = self.switch(at, "no !");
                parse_quote!((if #is { #inner } else { !#inner }))
            }
            Expr::Lit(syn::ExprLit { lit: syn::Lit::Bool(value), .. }) => {
                let is = self.switch(at, &format!("{} for {}", !value.value, value.value));
                parse_quote!((#value != #is))
            }
            other => fold::fold_expr(self, other),
        }
    }

    fn fold_arm(&mut self, arm: syn::Arm) -> syn::Arm {
        let mut arm = fold::fold_arm(self, arm);
        if let Some((token, guard)) = arm.guard.take_if(|(_, guard)| !binds(guard)) {
            let always = self.switch(token.span, "whatever its guard says");
            let never = self.switch(token.span, "never");
            arm.guard = Some((token, parse_quote!((#always || #guard) && !#never)));
        }
        arm
    }

    fn fold_stmt(&mut self, stmt: Stmt) -> Stmt {
        let stmt = fold::fold_stmt(self, stmt);
        let Stmt::Expr(expr, Some(_)) = &stmt else {
            return stmt;
        };
        let mut done = expr;
        while let Expr::Try(tried) = done {
            done = &tried.expr;
        }
        if !matches!(done, Expr::Call(_) | Expr::MethodCall(_)) {
            return stmt;
        }
        let mut what = quote!(#expr).to_string();
        what.retain(|c| !c.is_whitespace());
        let is = self.switch(expr.span(), &format!("without {}", what.chars().take(60).collect::<String>()));
        parse_quote!(if !#is { #expr; })
    }
}
