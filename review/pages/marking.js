// What is marked in the record with the mouse or a finger: stretches of documents by their characters, rows of tables.
(function (mj) {
  'use strict';

  // letters of a line before a point of it; the numbers set beside quotes are no letters of the record
  function before(line, node, offset) {
    const range = document.createRange();
    range.setStart(line, 0);
    if (node) range.setEnd(node, offset); else range.setEndAfter(line.lastChild || line);
    const held = range.cloneContents();
    held.querySelectorAll('.n').forEach((number) => number.remove());
    return held.textContent.length;
  }

  // root: the record's text; tab: the key of what stands in it. Each mark says what the server needs and `words` to show.
  mj.marked = function (root, tab) {
    const chosen = window.getSelection();
    if (!chosen.rangeCount || chosen.isCollapsed || !chosen.getRangeAt(0).intersectsNode(root)) return [];
    const range = chosen.getRangeAt(0), within = (all) => [...all].filter((one) => range.intersectsNode(one));
    const rows = within(root.querySelectorAll('tr[data-row]'));
    if (rows.length) return rows.map((row) => ({sheet: tab, row: row.dataset.row, words: [...row.cells].map((cell) => cell.textContent.trim()).filter(Boolean).join(' ')}));
    return within(root.querySelectorAll('section.document')).map((section) => {
      const lines = within(section.querySelectorAll('[data-at]'));
      if (!lines.length) return null;
      const first = lines[0], last = lines[lines.length - 1];
      const start = Number(first.dataset.at) + (first.contains(range.startContainer) ? before(first, range.startContainer, range.startOffset) : 0);
      const end = Number(last.dataset.at) + (last.contains(range.endContainer) ? before(last, range.endContainer, range.endOffset) : before(last));
      return end > start ? {tab, document: Number(section.dataset.document), start, end, words: range.toString().replace(/\s+/g, ' ').trim()} : null;
    }).filter(Boolean);
  };

  mj.loaded.add('marking');
})(window.mingjian ||= {loaded: new Set()});
