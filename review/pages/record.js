// The record in the middle: tabs, text with its marks, original pages, tables. A mark is where its quote stands.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);
  const SHOWN_TABS = 6;
  const BLOCK = 4000;
  const LONG = 60000;  // letters of a tab from which on only what is near is laid out
  const SIGNED = /[。；!！?？]\s+[一-龥·]{2,4}\s*$/;
  const STAMP = /^\s*(\d{4}[-年.\/]\d{1,2}[-月.\/]\d{1,2}日?[ T]?\s*(?:\d{1,2}[:时]\d{1,2}分?)?[^\S\n]*)/;

  // views: further tabs that draw themselves into the record's box
  mj.record = function (page, views) {
    const tabs = el('div', {class: 'tabs', role: 'tablist'}), modes = el('div', {});
    const text = el('div', {class: 'text scroll', tabindex: '0', 'aria-label': '文书'});
    const sheetSide = el('div', {class: 'original scroll', 'aria-label': '原页'});
    const body = el('div', {class: 'record-body'}, text, sheetSide);
    const root = el('section', {class: 'panel record'}, el('div', {class: 'tab-bar'}, tabs, modes), body);
    const state = {cas: null, tab: '', finding: null, now: null, pageMode: false, only: false};
    const sheets = {}, boxes = {};
    const original = mj.originalPages(page, sheetSide, () => sheetSide.clientHeight > 0);

    const tabOf = (key) => state.cas.tabs.find((tab) => tab.key === key);
    const viewOf = (key) => views.find((view) => view.key === key);
    const inTab = (key) => (state.finding ? state.finding.evidence : []).filter((item) => item.place ? item.place.tab === key : item.row && item.row.sheet === key);

    // what is looked at without being evidence of the finding: it is marked and carries no number
    const asides = (key) => state.now && state.now.aside && (state.now.place || {tab: state.now.row.sheet}).tab === key ? [state.now] : [];

    function drawTabs() {
      const all = state.cas.tabs, first = all.slice(0, SHOWN_TABS);
      const on = all.findIndex((tab) => tab.key === state.tab);
      const rest = all.slice(SHOWN_TABS);
      if (on >= SHOWN_TABS) first[SHOWN_TABS - 1] = all[on];
      const scan = tabOf(state.tab);
      tabs.replaceChildren(...first.map((tab) => tabButton(tab.key, tab.title, tab)), rest.length ? moreTabs(all) : '',
        all.length ? el('i', {}) : '', ...views.map((view) => tabButton(view.key, view.title, {})), ...state.cas.sheets.map((sheet) => tabButton(sheet.key, sheet.title, {})));
      modes.replaceChildren(scan && scan.images ? el('span', {class: 'modes', role: 'group', 'aria-label': '文字或原页'}, mode(false, '文字'), mode(true, '原页')) : '', scan && scan.images ? original.root : '');
      const selected = tabs.querySelector('[aria-selected="true"]');
      if (selected) selected.scrollIntoView({block: 'nearest', inline: 'nearest'});
    }
    function tabButton(key, title, tab) {
      const count = inTab(key).length;
      return el('button', {role: 'tab', 'aria-selected': String(key === state.tab), data: {tab: key}, title: tab.file || title,
        on: {click: () => open(key)}},
        tab.owner ? el('em', {}, '对照 ' + tab.owner) : null, el('span', {class: 'cut'}, title),
        count ? el('span', {class: 'n'}, String(count)) : null, tab.scan ? el('em', {}, '扫描') : null);
    }
    function moreTabs(all) {
      return el('select', {class: 'switch more', 'aria-label': '更多文书', on: {change: (e) => open(e.target.value)}},
        el('option', {value: state.tab}, `更多 ${all.length - SHOWN_TABS}`), all.map((tab) => el('option', {value: tab.key}, tab.title)));
    }
    const mode = (pageMode, name) => el('button', {'aria-pressed': String(state.pageMode === pageMode), on: {click: () => setMode(pageMode)}}, name);
    async function drawBoxes(tab) {
      const {cas, finding} = state;
      sheetSide.querySelectorAll('.box-mark').forEach((old) => old.remove());
      if (!finding || !finding.id || !inTab(tab.key).length) return;
      const id = finding.id + tab.key;
      boxes[id] ||= await mj.ask(page, 'open_boxes', {case: cas.key, finding: finding.id, tab: tab.key});
      if (state.cas !== cas || state.finding !== finding || state.tab !== tab.key) return;
      if (!boxes[id] || !boxes[id].boxes) { delete boxes[id]; return; }
      sheetSide.querySelectorAll('.box-mark').forEach((old) => old.remove());
      for (const one of boxes[id].boxes) {
        const paper = sheetSide.querySelector(`figure[data-page="${one.page}"] .paper`), [x0, y0, x1, y1] = one.box.map((part) => 100 * part);
        if (paper) paper.append(el('i', {class: 'box-mark ' + one.says, data: {mark: one.mark}, style: `left:${x0}%;top:${y0}%;width:${x1 - x0}%;height:${y1 - y0}%`}));
      }
      original.continued();
      toBox();
    }
    function toBox() {
      sheetSide.querySelectorAll('.box-mark.now').forEach((old) => old.classList.remove('now'));
      const own = state.now ? sheetSide.querySelectorAll(`.box-mark[data-mark="${state.now.mark}"]`) : [];
      own.forEach((box) => box.classList.add('now'));
      if (own[0] && sheetSide.clientHeight) centre(sheetSide, own[0]);
    }
    function setMode(pageMode) { state.pageMode = pageMode; drawTabs(); drawMode(); toMark(); }
    function drawMode() {
      const tab = tabOf(state.tab);
      root.classList.toggle('as-page', Boolean(tab && tab.images && state.pageMode));
      root.classList.toggle('has-page', Boolean(tab && tab.images));
      if (!tab || !tab.images) { sheetSide.replaceChildren(); sheetSide.dataset.tab = ''; } else { drawPages(tab); drawBoxes(tab); }
    }
    function drawPages(tab) {
      const id = state.cas.key + tab.key;
      if (sheetSide.dataset.tab === id) return;
      sheetSide.dataset.tab = id;
      const pages = tab.pages.length ? tab.pages : [{number: 1}];
      sheetSide.replaceChildren(...pages.map((one) => el('figure', {data: {page: one.number}},
        el('figcaption', {class: 'small muted'}, `原页 · 第 ${one.number} 页 / 共 ${pages.length} 页`), el('div', {class: 'paper'},
          el('img', {loading: pages.length > 12 ? 'lazy' : 'eager', alt: `${tab.title} 第 ${one.number} 页`, src: `/page/${state.cas.key}/${tab.key}/${one.number}.png`,
            on: {error: (e) => mj.noPicture(e.target)}})))));
    }

    async function open(key) {
      state.tab = key;
      drawTabs();
      const view = viewOf(key);
      text.classList.toggle('as-view', Boolean(view));
      text.dataset.view = view ? key : '';
      if (view) { text.classList.remove('as-table'); text.scrollTop = 0; await view.draw(text); } else if (tabOf(key)) await openText(key); else await openSheet(key);
      drawMode();
    }
    async function openText(key) {
      const cas = state.cas;
      if (!cas.texts[key]) {
        text.replaceChildren(el('div', {class: 'grey'}, [1, 2, 3, 4].map(() => el('i', {}))));
        const reply = await mj.ask(page, 'open_text', {case: cas.key, tab: key});
        if (state.cas !== cas || state.tab !== key) return;
        if (!reply || reply.problem) { text.replaceChildren(el('p', {class: 'notice'}, reply ? reply.problem : '没有读出来，请重试。')); return; }
        cas.texts[key] = reply.documents;
      }
      drawText(key);
    }
    function drawText(key) {
      const tab = tabOf(key), documents = state.cas.texts[key], cited = inTab(key);
      text.classList.remove('as-table');
      text.classList.toggle('long', documents.reduce((sum, one) => sum + one.text.length, 0) > LONG);
      text.replaceChildren(head(tab, cited), ...documents.map((one, n) => oneDocument(one, n, documents.length > 1, [...cited, ...asides(key)].filter((item) => item.place.document === n))));
      if (!documents.length) text.append(el('p', {class: 'muted'}, '这份文件没有读出文字。'));
      toMark();
    }
    function head(tab, cited) {
      const unclear = tab.pages.filter((one) => one.unclear).map((one) => one.number);
      const pages = tab.pages.length && tab.images ? `共 ${tab.pages.length} 页 · ` : '';
      return el('header', {class: 'text-head'}, el('b', {class: 'strong cut', title: tab.file}, tab.file),
        el('span', {class: 'muted small'}, pages + (tab.scan ? `识别 ${tab.confidence}` : tab.images ? '文字层' : '原文')),
        cited.length ? el('span', {class: 'push small checked'}, `✓ 引文逐字核对 ${cited.length} / ${cited.length}`) : null,
        unclear.length ? el('p', {class: 'notice small'}, `第 ${unclear.join('、')} 页识别不清，未用于判断。`) : null);
    }
    function oneDocument(one, n, many, cited) {
      const section = el('section', {class: 'document', data: {document: n}}, many ? el('h3',
        {class: 'small muted'}, one.title, one.at ? ' · ' + mj.short(one.at) : '') : null);
      section.append(...blocks(one, cited));
      return section;
    }
    // Long text is cut at line ends near 4,000 characters, so that the browser lays out only what is near.
    function blocks(one, cited) {
      const lines = one.text.split('\n'), out = [];
      let block = el('div', {class: 'block'}), size = 0, at = 0, tall = 0;
      for (const line of lines) {
        for (const mark of one.breaks) if (mark.at >= at && mark.at <= at + line.length) block.append(el('div',
          {class: 'page-break small muted'}, `第 ${mark.number} 页`));
        block.append(oneLine(line, at, cited, one.title));
        size += line.length;
        tall += 26 * Math.ceil((line.length + 1) / 44);
        at += line.length + 1;
        if (size > BLOCK) { out.push(done(block, tall)); block = el('div', {class: 'block'}); size = tall = 0; }
      }
      return [...out, done(block, tall)];
    }
    // about as tall as it will be, so that what is far away is found where it was taken to be
    const done = (block, tall) => { block.style.containIntrinsicSize = `auto ${tall}px`; return block; };
    function oneLine(line, at, cited, title) {
      const stamp = STAMP.exec(line);
      const cut = stamp && line.length > stamp[0].length + 2 ? stamp[0].length : 0;
      const here = cited.filter((item) => item.place.start < at + line.length && item.place.end > at);
      const row = el('div', {class: cut ? 'stamped' : 'plain' + (at === 0 && line.trimStart().startsWith(title) ? ' strong' : ''), data: {at}});
      if (cut) row.append(el('span', {class: 'stamp'}, ...pieces(line.slice(0, cut), at, here)));
      const signed = cut ? SIGNED.exec(line) : null, until = signed ? signed.index + 1 : line.length;
      row.append(el('span', {class: 'said'}, ...pieces(line.slice(cut, until), at + cut, here)));
      if (signed) row.append(el('span', {class: 'signed'}, ...pieces(line.slice(until), at + until, here)));
      return row;
    }
    // Cut a stretch at the edges of all marks; where marks overlap, the shorter is drawn inside the longer.
    function pieces(words, at, cited) {
      const end = at + words.length;
      const here = cited.filter((item) => item.place.start < end && item.place.end > at);
      if (!here.length) return [words];
      const edges = [...new Set([at, end, ...here.flatMap((item) => [item.place.start, item.place.end])])].filter((edge) => edge >= at && edge <= end).sort((a, b) => a - b);
      return edges.slice(0, -1).flatMap((from, n) => {
        const piece = words.slice(from - at, edges[n + 1] - at);
        const over = here.filter((item) => item.place.start <= from && item.place.end >= edges[n + 1]).sort((a, b) => (b.place.end - b.place.start) - (a.place.end - a.place.start));
        if (!over.length) return [piece];
        const marks = over.filter((item) => item.place.start === from).filter((item) => !item.aside).map((item) => el('span', {class: 'n ' + item.says}, item.mark));
        return [...marks, over.reduceRight((inside, item) => el('mark',
          {class: item.says + (item === state.now ? ' now' : ''), data: {mark: item.mark}}, inside), piece)];
      });
    }

    async function openSheet(key) {
      const cas = state.cas, id = cas.key + key;
      text.classList.add('as-table');
      if (!sheets[id]) {
        text.replaceChildren(el('div', {class: 'grey'}, [1, 2, 3, 4].map(() => el('i', {}))));
        sheets[id] = await mj.ask(page, 'open_sheet', {case: cas.key, sheet: key});
        if (state.cas !== cas || state.tab !== key) return;
      }
      if (!sheets[id] || sheets[id].problem) { text.replaceChildren(el('p',
        {class: 'notice'}, sheets[id] ? sheets[id].problem : '没有读出来，请重试。')); delete sheets[id]; return; }
      state.reveal = mj.drawSheet(text, sheets[id], [...inTab(key), ...asides(key)], state, () => openSheet(key), key === 'vitals' ? () => open('vitals_plot') : null);
      toMark();
    }

    function toMark() {
      const box = state.pageMode && root.classList.contains('as-page') ? sheetSide : text;
      for (const old of text.querySelectorAll('.now')) old.classList.remove('now');
      if (!state.now) return;
      toBox();
      if (state.now.row && state.reveal) state.reveal(state.now.row.id);
      const marks = state.now.place ? text.querySelectorAll(`mark[data-mark="${state.now.mark}"]`) : state.now.row ? text.querySelectorAll(`tr[data-row="${CSS.escape(state.now.row.id)}"]`) : [];
      for (const mark of marks) { mark.classList.add('now'); const row = mark.closest('.stamped,.plain'); if (row) row.classList.add('now'); }
      if (marks[0] && box === text) settle(text, marks[0], 4);
      else if (!marks[0] && state.now.aside && state.now.place) toDocument(state.now.place.document);
    }
    function toDocument(n) {
      const section = text.querySelectorAll('section.document')[n];
      if (!section) return;
      section.classList.add('now');
      const top = (tries) => { section.scrollIntoView({block: 'start'}); if (tries && section.isConnected) requestAnimationFrame(() => top(tries - 1)); };
      top(3);
    }
    function centre(holder, mark) {
      const box = holder.getBoundingClientRect(), at = mark.getBoundingClientRect();
      const inside = at.top > box.top + box.height * 0.2 && at.bottom < box.bottom - box.height * 0.2;
      if (!inside) holder.scrollTop += at.top - box.top - (box.height - at.height) / 2;
      return inside;
    }
    // what is passed over on the way gets its real height only then, so it may take a second look
    function settle(holder, mark, tries) {
      if (centre(holder, mark) || !tries) return;
      requestAnimationFrame(() => mark.isConnected && settle(holder, mark, tries - 1));
    }

    return {
      root, state,
      show(cas) { Object.assign(state, {cas, tab: '', finding: null, now: null}); text.scrollTop = 0; text.classList.remove('as-view', 'as-table'); },
      empty() { drawTabs(); modes.replaceChildren(); text.replaceChildren(el('p',
        {class: 'muted', style: 'padding:16px'}, '这一例没有文书，只有结算数据。')); sheetSide.replaceChildren(); root.classList.remove('has-page', 'as-page'); },
      async look(finding, item) {
        const changed = finding !== state.finding || Boolean((item && item.aside) || (state.now && state.now.aside));
        Object.assign(state, {finding, now: item});
        const key = item && item.place ? item.place.tab : item && item.row ? item.row.sheet : state.tab
          || (state.cas.tabs[0] || state.cas.sheets[0] || {key: ''}).key;
        if (!key) { this.empty(); return; }
        if (key !== state.tab || changed) await open(key); else toMark();
      },
      step(by) {
        const keys = [...state.cas.tabs, ...views, ...state.cas.sheets].map((tab) => tab.key), at = keys.indexOf(state.tab);
        const next = keys[at + by];
        if (next) { state.now = null; open(next); }
      },
      marked: () => mj.marked(text, state.tab),
      open, toggleMode() { const tab = tabOf(state.tab); if (tab && tab.images) setMode(!state.pageMode); },
    };
  };

  mj.loaded.add('record');
})(window.mingjian ||= {loaded: new Set()});
