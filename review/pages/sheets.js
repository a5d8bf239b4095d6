// The tables of a record: grouped by day with subtotals, the finding's own lines marked, refunds struck through.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);
  const OPEN_ROWS = 400;  // in a longer table the days begin closed, but for those of the cited rows, until so many rows stand open

  // → reveal(id): opens the day in which the row lies
  mj.drawSheet = function (box, sheet, cited, state, redraw, plot) {
    const marked = new Map(cited.map((item) => [item.row.id, item])), own = cited.filter((item) => !item.aside).length;
    const rows = state.only && own ? sheet.rows.filter((row) => marked.has(row.id)) : sheet.rows;
    const total = sheet.rows.reduce((sum, row) => sum + (row.amount || 0), 0);
    const money = sheet.rows.some((row) => row.amount !== null);
    const head = el('header', {class: 'text-head'}, el('b', {class: 'strong'}, sheet.title),
      el('span', {class: 'muted small'}, `${sheet.rows.length} 行` + (money ? ` · 合计 ${mj.yuan(total)} 元` : '')),
      plot ? el('button', {class: 'pill plot-of', on: {click: plot}}, '体征图 ', mj.kbd('V')) : null,
      own ? el('button', {class: 'pill push', 'aria-pressed': String(Boolean(state.only)),
        on: {click: () => { state.only = !state.only; redraw(); }}}, `只看相关 ${own}`) : null);
    const table = el('table', {class: 'sheet'}, el('thead', {}, el('tr', {}, el('th', {}), sheet.columns.map((column) => el('th',
      {class: column.number ? 'number' : ''}, column.title)))));
    const long = sheet.rows.length > OPEN_ROWS, openers = new Map();
    let standing = 0;
    for (const [day, own] of groups(rows, sheet.by_day)) {
      const hits = own.filter((row) => marked.has(row.id)).length;
      const hidden = day !== null && long && !(hits && standing + own.length <= OPEN_ROWS);
      if (!hidden) standing += own.length;
      // the lines of a closed day are made when it is opened
      const lines = () => own.map((row) => line(row, sheet, marked.get(row.id)));
      const body = el('tbody', {}, hidden ? [] : lines());
      if (day !== null) {
        const fold = (shut) => {
          if (!body.firstChild) body.append(...lines());
          body.hidden = shut;
          title.setAttribute('aria-expanded', String(!shut));
        };
        const title = el('button', {'aria-expanded': String(!hidden), on: {click: () => fold(!body.hidden)}}, el('b', {class: 'strong'}, day || '无时间'), el('span',
          {class: 'muted'}, ` ${own.length} 行` + (money ? ` · ${mj.yuan(own.reduce((sum, row) => sum + row.amount, 0))} 元` : '') + (hits ? ` · 相关 ${hits}` : '')));
        body.hidden = hidden;
        if (hidden) for (const row of own) openers.set(row.id, fold);
        table.append(el('tbody', {class: 'day'}, el('tr', {}, el('td', {colspan: sheet.columns.length + 1}, title))));
      }
      table.append(body);
    }
    box.replaceChildren(head, table);
    return (id) => { const fold = openers.get(id); if (fold) fold(false); };
  };

  function groups(rows, byDay) {
    if (!byDay) return [[null, rows]];
    const days = new Map();
    for (const row of rows) if (days.has(row.day)) days.get(row.day).push(row); else days.set(row.day, [row]);
    return [...days];
  }
  function line(row, sheet, item) {
    return el('tr', {class: (item ? 'hit ' + item.says : '') + (row.refund ? ' refund' : ''), data: {row: row.id}},
      el('td', {}, item && !item.aside ? el('span', {class: 'n ' + item.says}, item.mark) : null, row.refund ? el('em', {class: 'small'}, row.refund) : null),
      row.cells.map((cell, n) => el('td', {class: sheet.columns[n].number ? 'number' : ''}, cell)));
  }

  mj.loaded.add('sheets');
})(window.mingjian ||= {loaded: new Set()});
