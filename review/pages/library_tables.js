// A table whose columns wait for confirmation: first rows, what each column is thought to be, what would be refused; import.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);

  // `acts`: changed() after an import, done(key) to see the file, back(key).
  mj.tables = function (page, about, acts) {
    const root = el('section', {class: 'scroll holding tables', tabindex: '0', 'aria-label': '确认列的对应', hidden: true});
    let S = null, timer = 0, token = 0;

    async function open(key) {
      S = {key, sheets: {}, changed: new Set(), first: {}, left: new Set(), stated: {region: '', from: '', to: '', source: ''}, filled: false, reply: null};
      root.hidden = false;
      root.replaceChildren(el('p', {class: 'muted'}, '正在读取表格…'));
      await load();
      root.focus();
    }
    // What nobody has changed is proposed anew each time, so that its doubts stay to be seen.
    const only = (keep) => Object.fromEntries(Object.entries(S.sheets).filter(([name]) => keep(name)));
    const call = (keep) => ({key: S.key, sheets: only(keep), ...S.stated});
    async function load() {
      const mine = ++token, reply = await mj.ask(page, 'preview', call((name) => S.changed.has(name)));
      if (mine !== token || !S) return;
      if (!reply || reply.problem) { say(reply ? reply.problem : '没有读出来，请重试。'); return; }
      if (!S.reply) {
        const first = reply.sheets.find((one) => one.kind) || {};
        S.stated.region = first.region || '';
        S.stated.from = first.from || '';
        S.reply = reply;
        S.filled = Boolean(S.stated.region || S.stated.from);
        if (S.filled) { await load(); return; }
      }
      S.reply = reply;
      for (const one of reply.sheets) {
        if (!S.changed.has(one.sheet) || !S.sheets[one.sheet].columns) S.first[one.sheet] = {reason: one.reason, columns: one.columns};
        if (one.kind) S.sheets[one.sheet] = {kind: one.kind, columns: Object.fromEntries(one.columns.filter((column) => column.field).map((column) => [column.place, column.field]))};
      }
      draw();
    }
    const later = () => { clearTimeout(timer); timer = setTimeout(load, 400); };
    function say(words) {
      const old = root.querySelector('.say');
      if (old) { old.hidden = !words; old.textContent = words || ''; }
      else root.replaceChildren(el('p', {class: 'notice'}, words), el('button', {class: 'btn', on: {click: () => acts.back(S.key)}}, '返回'));
    }

    function draw() {
      const held = S.reply, waiting = held.sheets.filter((one) => !one.official), focus = document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.at : '';
      const high = root.scrollTop, ready = waiting.filter((one) => chosen(one) && !one.missing.length);
      root.replaceChildren(el('header', {class: 'page-head'}, el('h1', {}, '确认列的对应'), el('span', {class: 'muted small cut'}, held.file), el('span', {class: 'push links small'},
        el('button', {class: 'link', on: {click: () => acts.back(S.key)}}, '返回 ', mj.kbd('Esc')))),
      el('p', {class: 'muted small'}, '下面的对应是按列名和单元格推断的，核对后才导入。确认过的对应会记住，列名相同的表下次照用，仍请核对。'),
      stated(), ...held.sheets.map(sheet), el('div', {class: 'panel go'}, el('p', {class: 'notice say', role: 'alert', hidden: true}),
        el('button', {class: 'btn main', disabled: !ready.length || ready.length < waiting.filter(chosen).length, on: {click: (e) => bring(e.currentTarget)}}, '核对无误，导入'),
        el('span', {class: 'small muted'}, summary(waiting))));
      root.scrollTop = high;
      const again = focus && root.querySelector(`[data-at="${CSS.escape(focus)}"]`);
      if (again) again.focus();
    }
    const chosen = (one) => one.kind && !S.left.has(one.sheet);
    function summary(waiting) {
      const all = waiting.filter(chosen);
      if (!all.length) return '没有选中工作表。';
      const missing = all.flatMap((one) => one.missing);
      if (missing.length) return '还缺：' + [...new Set(missing)].join('、');
      const rows = all.flatMap((one) => one.counts).reduce((sum, one) => sum + one.rows, 0), refused = all.reduce((sum, one) => sum + one.refused, 0);
      return `将得到 ${rows.toLocaleString()} 行` + (refused ? `，${refused.toLocaleString()} 处不会采用` : '') + '。';
    }
    function stated() {
      const field = (name, says, hint, least) => el('label', {class: 'small'}, says, el('input', {class: 'field', value: S.stated[name], placeholder: hint, maxlength: least || 40, data: {at: 'stated-' + name},
        on: {input: (e) => { S.stated[name] = e.target.value; later(); }}}));
      return el('section', {class: 'panel stated'}, el('h2', {}, '整份文件'), el('div', {class: 'fields'}, field('region', '地区（表中没有地区列时用）', '省名，或六位代码；全国为 000000'),
        field('from', '施行日期', '2024-03-01'), field('to', '终止日期（可不填）', ''), field('source', '依据的文件名称、文号（可不填）', '', 200)),
      S.filled ? el('p', {class: 'small muted'}, '地区和日期按题名或文件名预填，请核对。') : null,
      el('p', {class: 'small wrong say', role: 'alert', hidden: true}));
    }

    function sheet(one) {
      const kinds = S.reply.kinds, kind = kinds.find((other) => other.name === one.kind);
      const pick = el('select', {class: 'switch', 'aria-label': '这张表是', data: {at: 'kind-' + one.sheet}, disabled: one.official, on: {change: (e) => {
        S.left.delete(one.sheet);
        if (!e.target.value) { S.left.add(one.sheet); draw(); return; }
        S.changed.add(one.sheet);
        S.sheets[one.sheet] = {kind: e.target.value};
        load();
      }}}, el('option', {value: ''}, one.official ? '已知格式' : '不导入'), kinds.map((other) => el('option', {value: other.name, selected: other.name === one.kind}, other.says)));
      const keep = el('input', {type: 'checkbox', checked: !S.left.has(one.sheet), data: {at: 'keep-' + one.sheet}, on: {change: (e) => {
        if (e.target.checked) S.left.delete(one.sheet); else S.left.add(one.sheet);
        draw();
      }}});
      return el('section', {class: 'panel sheet'}, el('header', {class: 'panel-head'}, kind ? el('label', {class: 'keep'}, keep, el('h2', {}, one.sheet)) : el('h2', {}, one.sheet),
        el('span', {class: 'small muted'}, `${one.rows.toLocaleString()} 行数据` + (one.heading_row ? `，表头在第 ${one.heading_row} 行` : '') + (one.left_out ? `，合计、附注等 ${one.left_out} 行不计` : '')),
        el('label', {class: 'push small kind'}, '这张表是 ', pick)),
      el('p', {class: 'small pad'}, ((S.first[one.sheet] || one).reason) + '。'),
      kind ? el('p', {class: 'small muted pad'}, '必有：' + kind.needs.join('；')) : null,
      one.missing.length ? el('p', {class: 'notice pad'}, '还缺：' + one.missing.join('、')) : null,
      grid(one, kind), outcome(one), one.notes.length ? el('p', {class: 'small muted pad'}, one.notes.join('；')) : null);
    }
    function grid(one, kind) {
      const columns = one.columns;
      if (!columns.length) return null;
      return el('div', {class: 'scroll grid', tabindex: '0', 'aria-label': `${one.sheet} 的前几行`}, el('table', {class: 'list'}, el('thead', {},
        kind ? el('tr', {class: 'choose'}, el('th', {}), columns.map((column) => el('th', {class: column.field ? '' : 'unused'}, choice(one, kind, column)))) : null,
        el('tr', {}, el('th', {class: 'small muted'}, '行'), columns.map((column) => el('th', {title: column.heading}, el('span', {class: 'muted'}, column.letter), ' ', column.heading || '（无列名）')))),
        el('tbody', {}, one.first_rows.map((row) => el('tr', {}, el('td', {class: 'small muted'}, String(row.row)), columns.map((column, n) => el('td',
          {class: kind && !column.field ? 'unused' : '', title: row.cells[n] || null}, el('span', {class: 'cell'}, row.cells[n] || ''))))))));
    }
    function choice(one, kind, column) {
      const pick = el('select', {class: 'switch', 'aria-label': `${column.letter} 列 ${column.heading}`, data: {at: `${one.sheet}-${column.place}`}, on: {change: (e) => {
        const held = S.sheets[one.sheet].columns;
        S.changed.add(one.sheet);
        if (e.target.value) held[column.place] = e.target.value; else delete held[column.place];
        load();
      }}}, el('option', {value: ''}, '不用'), kind.fields.map((field) => el('option', {value: field.name, selected: field.name === column.field}, field.says)));
      const first = ((S.first[one.sheet] || {}).columns || [])[column.place] || column, own = first.field !== column.field, sure = first.certainty === '确定';
      const words = own ? '人工指定' : [first.field ? first.certainty : '', sure ? '' : first.reason].filter(Boolean).join(' · ');
      return [pick, el('span', {class: 'small sure ' + (own || sure || !words ? '' : 'doubt'), title: first.reason}, words)];
    }
    function outcome(one) {
      if (!one.tried) return null;
      const counts = one.counts.map((count) => `${count.name} ${count.rows.toLocaleString()} 行`).join('、') || '没有一行能转成规则';
      return el('div', {class: 'pad outcome'}, el('p', {class: 'small'}, el('b', {class: 'strong'}, '将得到：'), counts), one.refused ? el('details', {open: one.refused <= 8}, el('summary', {class: 'small'}, `${one.refused.toLocaleString()} 处不会采用，看位置和原因`),
        el('ul', {class: 'weak'}, one.problems.map(problem)), one.refused > one.problems.length ? el('p', {class: 'small muted'}, `另 ${(one.refused - one.problems.length).toLocaleString()} 处，导入后可逐行列出前 200 处`) : null) : null);
    }
    const problem = (one) => el('li', {class: 'small'}, el('b', {class: 'strong'}, one.place), '：', one.reason);

    async function bring(button) {
      button.disabled = true;
      button.textContent = '正在导入…';
      const key = S.key, reply = await mj.ask(page, 'import_table', call((name) => !S.left.has(name)));
      if (!reply || reply.problem) { button.disabled = false; button.textContent = '核对无误，导入'; const box = root.querySelector('.go .say'); box.hidden = false; box.textContent = reply ? reply.problem : '没有导入，请重试。'; return; }
      acts.changed();
      root.replaceChildren(el('header', {class: 'page-head'}, el('h1', {}, '已导入')), el('section', {class: 'panel imported'}, el('ul', {}, reply.counts.map((one) => el('li', {}, `${one.name} ${one.rows.toLocaleString()} 行`))),
        el('p', {}, `其中新增规则 ${reply.added.toLocaleString()} 条。列的对应已记住。`), reply.refused ? [el('h2', {}, `${reply.refused.toLocaleString()} 处未采用`), el('ul', {class: 'weak'}, reply.rejected.map(problem)),
          reply.refused > reply.rejected.length ? el('p', {class: 'small muted'}, `只列前 ${reply.rejected.length} 处。`) : null] : null,
        el('p', {}, el('button', {class: 'btn main', on: {click: () => acts.done(key)}}, '看这份文件'))));
      S = null;
    }
    return {root, open, close: () => { token += 1; S = null; root.hidden = true; root.replaceChildren(); }, isOpen: () => !root.hidden};
  };

  mj.loaded.add('library_tables');
})(window.mingjian ||= {loaded: new Set()});
