/**
 * Words in a component that only English readers would understand: what is shown or read aloud comes from the
 * catalogue (electron/words).
 */
import ts from 'typescript';

/** Attributes whose text a user sees or hears, of elements and of our own components. */
const spoken = new Set([
  'alt',
  'aria-description',
  'aria-label',
  'aria-roledescription',
  'aria-valuetext',
  'hint',
  'label',
  'legend',
  'name',
  'placeholder',
  'title',
]);

/** Names that every language writes alike. */
const names = /\b(?:Holdfast|Aa)\b/g;

/**
 * The literal words of a component, each with its line from 1 on.
 * @param {string} file its name, for the parser
 * @param {string} text
 * @returns {{ line: number, words: string }[]}
 */
export function literalWords(file, text) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  /** @type {{ line: number, words: string }[]} */
  const found = [];
  /** @param {ts.Node} node @param {string} words */
  const take = (node, words) => {
    const said = words.trim().replace(/\s+/g, ' ');
    if (!/\p{L}{2}/u.test(said.replace(names, ''))) return;
    const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
    found.push({ line: line + 1, words: said });
  };
  /** @param {ts.Node} node */
  const visit = (node) => {
    if (ts.isJsxText(node)) take(node, node.text);
    else if (ts.isJsxAttribute(node)) {
      if (isSpoken(node, source) && node.initializer) literalsIn(node.initializer, take);
    } else if (ts.isJsxExpression(node) && !ts.isJsxAttribute(node.parent)) {
      if (node.expression) literalsIn(node.expression, take);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/**
 * @param {ts.JsxAttribute} attribute
 * @param {ts.SourceFile} source
 */
function isSpoken(attribute, source) {
  const element = attribute.parent.parent;
  const isIcon = element.tagName.getText(source) === 'Icon';
  return !isIcon && spoken.has(attribute.name.getText(source));
}

/**
 * The literals that an expression may come to: not those that it compares with, or passes on.
 * @param {ts.Node} node
 * @param {(node: ts.Node, words: string) => void} take
 */
function literalsIn(node, take) {
  if (ts.isStringLiteralLike(node)) take(node, node.text);
  else if (ts.isTemplateExpression(node)) {
    take(
      node,
      [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join(' '),
    );
  } else if (ts.isConditionalExpression(node)) {
    literalsIn(node.whenTrue, take);
    literalsIn(node.whenFalse, take);
  } else if (ts.isBinaryExpression(node)) {
    const { kind } = node.operatorToken;
    const joins = [
      ts.SyntaxKind.AmpersandAmpersandToken,
      ts.SyntaxKind.BarBarToken,
      ts.SyntaxKind.QuestionQuestionToken,
      ts.SyntaxKind.PlusToken,
    ];
    if (!joins.includes(kind)) return;
    if (kind !== ts.SyntaxKind.AmpersandAmpersandToken) literalsIn(node.left, take);
    literalsIn(node.right, take);
  } else if (ts.isParenthesizedExpression(node) || ts.isJsxExpression(node)) {
    if (node.expression) literalsIn(node.expression, take);
  }
}
