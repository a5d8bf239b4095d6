// The tables of a panel of 总览 over the page: the same figures, sorted by any column.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);
  const RIGHT = ['yuan', 'count'];
  const told = (cell, kind) => cell === null ? '' : kind === 'yuan' ? mj.yuan(cell) : kind === 'count' ? cell.toLocaleString('zh-CN') : String(cell);
  const compare = (one, other) => one === other ? 0 : one === null ? 1 : other === null ? -1 : typeof one === 'number' && typeof other === 'number' ? one - other
    : String(one).localeCompare(String(other), 'zh', {numeric: true});

  mj.tablesDialog = function (page, title, tables) {
    const dialog = el('dialog', {class: 'figures', 'aria-label': title}, el('h2', {}, title, el('button', {class: 'push small link', on: {click: () => dialog.close()}}, '关闭 ', mj.kbd('Esc'))),
      el('div', {class: 'scroll'}, tables.map((table) => shown(table, tables.length > 1))));
    dialog.addEventListener('close', () => dialog.remove());
    page.root.append(dialog);
    dialog.showModal();
  };
  function shown(table, named) {
    const state = {by: -1, down: false}, body = el('tbody', {}), heads = table.columns.map((column, n) => el('th', {class: RIGHT.includes(column.kind) ? 'number' : null, 'aria-sort': 'none'},
      el('button', {on: {click: () => sort(n)}}, column.title, el('i', {'aria-hidden': 'true'}))));
    const row = (cells) => el('tr', {}, cells.map((cell, n) => el('td', {class: RIGHT.includes(table.columns[n].kind) ? 'number' : null}, told(cell, table.columns[n].kind))));
    function sort(n) {
      state.down = state.by === n ? !state.down : RIGHT.includes(table.columns[n].kind);
      state.by = n;
      heads.forEach((head, at) => head.setAttribute('aria-sort', at !== n ? 'none' : state.down ? 'descending' : 'ascending'));
      fill([...table.rows].sort((one, other) => compare(one[n], other[n]) * (state.down && one[n] !== null && other[n] !== null ? -1 : 1)));
    }
    const fill = (rows) => body.replaceChildren(...rows.map(row));
    fill(table.rows);
    return el('section', {}, named ? el('h3', {}, table.name) : null, table.rows.length ? el('table', {class: 'list', 'aria-label': table.name}, el('thead', {}, el('tr', {}, heads)), body,
      table.total ? el('tfoot', {}, row(table.total)) : null) : el('p', {class: 'muted'}, table.empty + '。'), table.note ? el('p', {class: 'small muted'}, table.note) : null);
  }

  mj.loaded.add('overview_tables');
})(window.mingjian ||= {loaded: new Set()});
