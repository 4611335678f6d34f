/** A light look at source text: enough to tell code from comments and strings, no parser. */

export interface SourceFile {
  /** From the top of the repository, with forward slashes. */
  readonly path: string
  readonly text: string
}

export interface Finding {
  readonly path: string
  readonly what: string
}

/** After these a slash opens a regular expression; after anything else it divides. */
const BEFORE_REGEX = /(?:^|[(,=:[!&|?{};\n]|=>|\breturn)\s*$/

type Mode = 'code' | 'template'

/** Blanks what stands in comments and in strings; what stands in a template's `${}` is code. */
export function codeOf(text: string): string {
  let out = ''
  for (const { kind, piece } of piecesOf(text)) out += kind === 'code' ? piece : piece.replaceAll(/[^\n]/g, ' ')
  return out
}

/** Without comments, strings as they are: for rules about names. */
export function uncommented(text: string): string {
  let out = ''
  for (const { kind, piece } of piecesOf(text)) out += kind === 'comment' ? ' ' : piece
  return out
}

export function commentsOf(text: string): string {
  return [...piecesOf(text)].flatMap(({ kind, piece }) => (kind === 'comment' ? [piece] : [])).join('\n')
}

/** The deepest nesting of template literals; one is plain. */
export function templateDepth(text: string): number {
  return Math.max(0, ...[...piecesOf(text)].map(({ depth }) => depth))
}

interface Piece {
  readonly kind: 'code' | 'comment' | 'string'
  readonly piece: string
  /** How many template literals are open here. */
  readonly depth: number
}

function* piecesOf(text: string): Generator<Piece> {
  const open: { mode: Mode; braces: number }[] = [{ mode: 'code', braces: 0 }]
  let at = 0
  let before = ''
  while (at < text.length) {
    const top = open.at(-1) ?? { mode: 'code', braces: 0 }
    const depth = open.filter(({ mode }) => mode === 'template').length
    const kind = top.mode === 'template' ? 'string' : kindAt(text, at, before)
    const piece = top.mode === 'template' ? templatePiece(text, at) : pieceAt(text, at, kind)
    at += piece.length
    yield { kind: piece === '`' || piece === '${' ? 'code' : kind, piece, depth }
    if (piece === '`') top.mode === 'template' ? open.pop() : open.push({ mode: 'template', braces: 0 })
    else if (top.mode === 'template' && piece === '${') open.push({ mode: 'code', braces: 0 })
    else if (kind === 'code' && top.mode === 'code') {
      if (piece === '{') top.braces += 1
      if (piece === '}' && top.braces === 0 && open.length > 1) open.pop()
      else if (piece === '}') top.braces -= 1
    }
    if (kind !== 'comment') before = (before + piece).slice(-12)
  }
}

function kindAt(text: string, at: number, before: string): Piece['kind'] {
  const two = text.slice(at, at + 2)
  if (two === '//' || two === '/*') return 'comment'
  if (text[at] === "'" || text[at] === '"') return 'string'
  return text[at] === '/' && BEFORE_REGEX.test(before) ? 'string' : 'code'
}

const STRING = /'(?:\\.|[^'\\\n])*'?|"(?:\\.|[^"\\\n])*"?|\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n])+\/[a-z]*/y
const COMMENT = /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/y
const CODE = /[\w$\s]+|[\s\S]/y
const TEMPLATE = /`|\$\{|(?:\\[\s\S]|[^`\\$]|\$(?!\{))+/y

function pieceAt(text: string, at: number, kind: Piece['kind']): string {
  return match(kind === 'comment' ? COMMENT : kind === 'string' ? STRING : CODE, text, at)
}

function templatePiece(text: string, at: number): string {
  return match(TEMPLATE, text, at)
}

function match(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? text.charAt(at)
}

export interface Import {
  readonly from: string
  /** Erased at run time. */
  readonly typeOnly: boolean
}

const IMPORT = /(?:^|[;\n])\s*(?:import|export)\s+(type\s+)?(?:[\w*$\s{},]+?\s+from\s+)?(['"])([^'"\n]+)\2/g
const DYNAMIC = /\b(?:import|require)\s*\(\s*(['"])([^'"\n]+)\1/g

export function importsOf(text: string): readonly Import[] {
  const plain = uncommented(text)
  const fixed = [...plain.matchAll(IMPORT)].map(([, type, , from = '']) => ({ from, typeOnly: type !== undefined }))
  return [...fixed, ...[...plain.matchAll(DYNAMIC)].map(([, , from = '']) => ({ from, typeOnly: false }))]
}

/** `../core/decide.ts` seen from `sidecar/src/flows/settle.ts`; null for a package. */
export function resolved(path: string, from: string): string | null {
  if (!from.startsWith('.')) return null
  const parts = path.split('/').slice(0, -1)
  for (const part of from.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.') parts.push(part)
  }
  return parts.join('/')
}
