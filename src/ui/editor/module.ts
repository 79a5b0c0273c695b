// The rich editor over the policy field: CodeMirror, loaded only where a policy is edited.
//
// The field stays the truth: every change goes into it with an `input` event, and it is what the form sends. This module must never
// judge a text; what to underline is handed in. Without it the field works alone.

import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, type CompletionContext } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, isolateHistory, undo, undoDepth } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { bracketMatching, foldGutter, foldKeymap, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers } from '@codemirror/view';
import { classHighlighter } from '@lezer/highlight';

/** From, to (UTF-16 units), severity, message, help. */
type Found = [number, number, 'error' | 'warning' | 'info', string, string];

/** What the field carries while the rich editor is over it. */
interface PolicyEditor {
  replace(from: number, to: number, text: string): void;
  select(from: number, to: number): void;
  show(found: Found[]): void;
  canUndo(): boolean;
  undo(): void;
  destroy(): void;
}

type Field = HTMLTextAreaElement & { policyEditor?: PolicyEditor };

// The editor's own words, where it shows any.
const CHINESE = {
  Find: '查找', Replace: '替换', next: '下一个', previous: '上一个', all: '全部', 'match case': '区分大小写', 'by word': '全字匹配', regexp: '正则表达式',
  replace: '替换', 'replace all': '全部替换', close: '关闭', 'current match': '当前匹配', 'on line': '所在行', 'replaced match on line $': '已替换第 $ 行的匹配',
  'replaced $ matches': '已替换 $ 处', 'Go to line': '跳转到行', go: '跳转', Diagnostics: '检查结果', 'No diagnostics': '未发现问题', Completions: '补全',
  'Control character': '控制字符', 'Selection deleted': '已删除选中内容', 'Folded lines': '已折叠', 'Unfolded lines': '已展开', to: '至', 'folded code': '已折叠内容',
  unfold: '展开', 'Fold line': '折叠', 'Unfold line': '展开',
};

// Colours are the console's own tokens, so light and dark need no second theme.
const theme = EditorView.theme({
  '&': { color: 'var(--ink)', backgroundColor: 'var(--card)', fontSize: '13px', border: '1px solid var(--control-strong)', borderRadius: 'var(--radius)' },
  '&.cm-focused': { outline: '2px solid var(--focus)', outlineOffset: '-1px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '22px', maxHeight: '60vh' },
  '.cm-content, .cm-gutter': { minHeight: '336px' },
  '.cm-content': { caretColor: 'var(--ink)', padding: '8px 0' },
  '.cm-cursor, .cm-dropCursor': { borderLeftColor: 'var(--ink)' },
  '.cm-gutters': { backgroundColor: 'var(--quiet)', color: 'var(--ink-2)', border: '0' },
  '.cm-activeLineGutter': { backgroundColor: 'var(--hover)', color: 'var(--ink)' },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--brand) 5%, transparent)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--brand) 26%, transparent)',
  },
  '.cm-selectionMatch': { backgroundColor: 'color-mix(in srgb, var(--warn) 20%, transparent)' },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'color-mix(in srgb, var(--brand) 22%, transparent)' },
  '&.cm-focused .cm-nonmatchingBracket': { backgroundColor: 'color-mix(in srgb, var(--error) 26%, transparent)' },
  '.cm-tooltip': { backgroundColor: 'var(--raised)', color: 'var(--ink)', border: '1px solid var(--stroke)', borderRadius: 'var(--radius)', boxShadow: 'var(--shadow-high)', maxWidth: '460px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)', maxHeight: '264px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': { backgroundColor: 'var(--brand-tint)', color: 'var(--ink)' },
  '.cm-completionDetail': { fontFamily: 'var(--font)', fontStyle: 'normal', color: 'var(--ink-2)' },
  '.cm-panels': { backgroundColor: 'var(--quiet)', color: 'var(--ink)' },
  '.cm-textfield': { backgroundColor: 'var(--card)', color: 'var(--ink)', border: '1px solid var(--control-strong)' },
  '.cm-button': { backgroundColor: 'var(--card)', backgroundImage: 'none', color: 'var(--ink)', border: '1px solid var(--control-strong)' },
  '.cm-foldPlaceholder': { backgroundColor: 'var(--quiet)', color: 'var(--ink-2)', border: '1px solid var(--stroke)' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--error)' },
  '.cm-diagnostic-warning': { borderLeftColor: 'var(--warn)' },
  '.cm-diagnostic-info': { borderLeftColor: 'var(--brand)' },
});

/**
 * Typing over a selection, done here instead of by the browser: browsers put style attributes on what they merge, and the content
 * security policy reports each. Composed text (input methods) stays with the browser.
 */
function typeOver(event: InputEvent, view: EditorView): boolean {
  const { from, to, empty } = view.state.selection.main;
  const text = event.data;
  if (event.inputType !== 'insertText' || text === null || empty || view.composing) return false;
  event.preventDefault();
  const insert = () => view.state.update(view.state.replaceSelection(text), { scrollIntoView: true, userEvent: 'input.type' });
  if (!view.state.facet(EditorView.inputHandler).some((handler) => handler(view, from, to, text, insert))) view.dispatch(insert());
  return true;
}

/** From, to (UTF-16 units), whether inside quotes, and what is offered: label, meaning, text, whether it comes first. */
type Offered = [number, number, boolean, [string, string, string, boolean][]];

/** Puts the rich editor over a field; `offered` says what may be typed at a place of a text, and unasked only in a word. */
export function mount(field: Field, offered: (text: string, cursor: number, asked: boolean) => Offered | null): void {
  if (field.policyEditor) return;
  const chinese = document.documentElement.lang.startsWith('zh');
  const complete = (context: CompletionContext) => {
    const found = offered(context.state.doc.toString(), context.pos, context.explicit);
    if (!found) return null;
    const [from, to, quoted, offers] = found;
    const options = offers.map(([label, detail, apply, first]) => ({ label, detail, apply, boost: first ? 1 : 0 }));
    return { from, to, options, validFor: quoted ? /^[^"\\\n]*$/ : undefined };
  };
  const view = new EditorView({
    doc: field.value,
    extensions: [
      // The page's own nonce lets the editor's style sheet through the content security policy.
      EditorView.cspNonce.of(document.querySelector<HTMLScriptElement>('script[nonce]')?.nonce ?? ''),
      EditorState.phrases.of(chinese ? CHINESE : {}),
      EditorState.tabSize.of(2),
      indentUnit.of('  '),
      lineNumbers(),
      highlightActiveLineGutter(),
      highlightSpecialChars(),
      history(),
      foldGutter(),
      drawSelection(),
      indentOnInput(),
      bracketMatching(),
      closeBrackets(),
      autocompletion({ override: [complete] }),
      highlightActiveLine(),
      highlightSelectionMatches(),
      search({ top: true }),
      lintGutter(),
      json(),
      syntaxHighlighting(classHighlighter),
      // Tab is left to the page: whoever moves by keyboard must get out of the field.
      keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...foldKeymap, ...completionKeymap, ...lintKeymap]),
      theme,
      EditorView.contentAttributes.of({
        'aria-label': field.labels?.[0]?.textContent ?? '',
        'aria-describedby': field.getAttribute('aria-describedby') ?? '',
        spellcheck: 'false',
        // A text that is wider than its place scrolls, and must do so for the keyboard too.
        tabindex: '0',
      }),
      EditorView.domEventHandlers({ beforeinput: typeOver }),
      EditorView.updateListener.of((update) => {
        if (!update.docChanged) return;
        field.value = update.state.doc.toString();
        field.dispatchEvent(new Event('input', { bubbles: true }));
      }),
    ],
  });
  const clamped = (place: number) => Math.max(0, Math.min(place, view.state.doc.length));
  const focus = () => view.focus();
  field.policyEditor = {
    replace(from, to, insert) {
      const changes = { from: clamped(from), to: clamped(to), insert };
      // One step of its own in the history, so that one undo brings the old text back.
      view.dispatch({ changes, annotations: isolateHistory.of('full'), scrollIntoView: true, userEvent: 'input.replace' });
    },
    select(from, to) {
      const selection = { anchor: clamped(from), head: clamped(to) };
      view.dispatch({ selection, effects: EditorView.scrollIntoView(selection.anchor, { y: 'center' }) });
      view.focus();
    },
    show(found) {
      const marks: Diagnostic[] = found.map(([from, to, severity, message, help]) => {
        // An empty span underlines nothing: take the character before or behind it.
        const start = clamped(from === to && from === view.state.doc.length ? from - 1 : from);
        const end = clamped(Math.max(to, start + 1));
        return { from: start, to: end, severity, message: help ? `${message}\n${help}` : message };
      });
      view.dispatch(setDiagnostics(view.state, marks.sort((a, b) => a.from - b.from)));
    },
    canUndo: () => undoDepth(view.state) > 0,
    undo() {
      undo(view);
    },
    destroy() {
      field.removeEventListener('focus', focus);
      delete field.policyEditor;
      view.destroy();
    },
  };
  // A link to the field (from the summary of errors) leads into the editor; a browser cannot focus what is not displayed.
  field.classList.add('editor-behind');
  field.tabIndex = -1;
  field.setAttribute('aria-hidden', 'true');
  field.addEventListener('focus', focus);
  // The cursor of the field is where insertions go.
  Object.defineProperties(field, {
    selectionStart: { configurable: true, get: () => view.state.selection.main.from },
    selectionEnd: { configurable: true, get: () => view.state.selection.main.to },
  });
  field.after(view.dom);
}
