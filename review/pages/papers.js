// 文书: the papers on the left with their states, one of them as it will be printed on the right, and its files.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);
  const KEYS = [['文书', [['J K', '下一种、上一种'], ['W', 'Word'], ['E', 'Excel'], ['M', '实名或隐去身份']]], ['页面', [['D', '深色或浅色'], ['?', '本表'], ['Esc', '关闭']]]];
  const NAMES = {docx: 'Word', xlsx: 'Excel'};
  const NEXT = {草稿: [['已定', '定稿']], 已定: [['已签收', '记为已签收'], ['草稿', '退回草稿']], 已签收: [['草稿', '退回草稿']]};
  const DOT = {草稿: 'part', 已定: 'done', 已签收: 'done'};

  mj.page_papers = async function (page) {
    const given = new URLSearchParams(location.search);
    const S = {about: null, key: given.get('paper') || '', case: '', masked: false, token: 0, busy: false};
    const list = el('ul', {class: 'rows', 'aria-label': '文书'}), tally = el('p', {class: 'small muted'});
    const bar = el('div', {class: 'paper-bar'}), told = el('div', {role: 'status', 'aria-live': 'polite'}), sheet = el('div', {class: 'scroll sheets', tabindex: '0', 'aria-label': '预览'});
    const HEARD = ['answers', 'hearing'];
    const heard = mj.hearingList(page, () => S.about.inspection, () => { if (S.key === 'hearing') show(); });
    const body = el('main', {class: 'papers'}, el('aside', {class: 'side-papers'}, el('h1', {}, '文书'), tally, list), el('section', {class: 'paper-side'}, bar, told, heard.root, sheet));
    page.showKeys = () => mj.keysDialog(page, KEYS);
    const current = () => (S.about.papers || []).find((one) => one.key === S.key);

    async function load(inspection) {
      const reply = await mj.ask(page, 'open_papers', inspection ? {inspection} : {});
      if (!reply || reply.problem) { mj.refuse(page, reply); return false; }
      S.about = reply;
      S.about.onSwitch = async (key) => { S.case = ''; if (await load(key)) show(); };
      mj.frame(page, S.about, body);
      if (reply.papers && !current()) S.key = reply.papers[0].key;
      drawList();
      return true;
    }
    function drawList() {
      const about = S.about;
      tally.textContent = !about.papers || !about.leads ? '' : about.open ? `还有 ${about.open} 项待定${about.asked ? `，${about.asked} 项待补` : ''}` : `已审完${about.asked ? `，${about.asked} 项待补` : ''}`;
      let group = '';
      const head = (one) => { const first = about.leads && one.group !== group; group = one.group; return first ? el('li', {class: 'group small muted'}, one.group) : ''; };
      list.replaceChildren(...(about.papers || []).flatMap((one) => [head(one), el('li', {class: one.key === S.key ? 'on' : ''}, el('button', {'aria-current': one.key === S.key ? 'true' : null, on: {click: () => choose(one.key)}},
        el('span', {class: 'both'}, el('b', {class: 'strong'}, one.title), one.own ? null : el('span', {class: 'state ' + DOT[one.state]}, one.state)), el('span', {class: 'small muted'}, one.tells),
        one.outdated ? el('span', {class: 'small why'}, '定稿后决定有改动，已回到草稿') : one.by ? el('span', {class: 'small muted'}, `${one.by} ${mj.clock(one.at)}`) : null))]));
    }
    function choose(key) {
      S.key = key;
      S.case = '';
      history.replaceState({}, '', '/papers?paper=' + encodeURIComponent(key));
      drawList();
      show();
    }
    function drawBar() {
      const one = current(), cases = S.about.cases;
      const masks = el('span', {class: 'tabs', role: 'group', 'aria-label': '身份'}, [[false, '实名'], [true, '隐去身份']].map(([masked, label]) =>
        el('button', {class: 'tab', 'aria-pressed': String(S.masked === masked), on: {click: () => mask(masked)}}, label)));
      const stay = el('select', {class: 'switch', 'aria-label': '病例', on: {change: (e) => { S.case = e.target.value; show(); }}}, el('option', {value: ''}, '全部病例'),
        cases.map((other) => el('option', {value: other.key, selected: other.key === S.case}, other.label)));
      const next = one.own ? [] : NEXT[one.state].map(([state, label]) => el('button', {class: 'btn', on: {click: () => settle(state)}}, label));
      bar.replaceChildren(el('h2', {}, one.title), one.leaves ? masks : '', one.of_stay && cases.length ? stay : '', el('span', {class: 'push'}), ...next,
        ...one.formats.map((format, place) => el('button', {class: 'btn' + (place ? '' : ' main'), data: {format}, on: {click: () => take(format)}}, NAMES[format], ' ', mj.kbd(NAMES[format][0]))));
    }
    function mask(masked) { if (current().leaves && S.masked !== masked) { S.masked = masked; show(); } }

    async function show() {
      const mine = ++S.token;
      told.replaceChildren();
      if (!S.about.papers) { bar.replaceChildren(); heard.root.hidden = true; sheet.replaceChildren(el('div', {class: 'empty'}, S.about.problem_said, S.about.leads ? el('a', {href: '/inspections'}, '去检查') : null)); return; }
      drawBar();
      heard.show(HEARD.includes(S.key));
      sheet.classList.add('stale');
      const slow = setTimeout(() => mine === S.token && told.replaceChildren(el('p', {class: 'small muted'}, '正在生成预览…')), 400);
      const reply = await mj.ask(page, 'open_paper', wanted());
      clearTimeout(slow);
      if (mine !== S.token) return;
      told.replaceChildren();
      sheet.classList.remove('stale');
      sheet.replaceChildren(!reply || reply.problem ? el('p', {class: 'notice'}, reply ? reply.problem : '没有读出来，请重试。') : paper(reply));
      sheet.scrollTop = 0;
    }
    const wanted = () => ({inspection: S.about.inspection, paper: S.key, case: S.case, names: S.masked && current().leaves ? 'masked' : 'full'});

    async function take(format, draft) {
      const one = current();
      if (S.busy || !one || !one.formats.includes(format)) return;
      S.busy = true;
      told.replaceChildren(el('p', {class: 'small muted'}, '正在生成文件…'));
      const asked = wanted(), query = new URLSearchParams({names: asked.names, ...(asked.case ? {case: asked.case} : {}), ...(draft ? {draft: '1'} : {})});
      let reply = null, problem = null;
      try {
        reply = await fetch(`/papers/${encodeURIComponent(asked.inspection)}/${encodeURIComponent(asked.paper)}.${format}?${query}`);
        if (!reply.ok) problem = await reply.json();
      } catch { problem = {problem: '没有连上服务器，请重试。'}; }
      S.busy = false;
      if (problem && problem.signed_out) { told.replaceChildren(); mj.signInSheet(page); return; }
      if (problem && problem.open) { ask(problem, format); return; }
      if (problem) { told.replaceChildren(el('p', {class: 'notice', role: 'alert'}, problem.problem)); return; }
      const name = decodeURIComponent((reply.headers.get('content-disposition') || '').split("''")[1] || `${one.title}.${format}`);
      const link = el('a', {href: URL.createObjectURL(await reply.blob()), download: name});
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60000);
      told.replaceChildren(el('p', {class: 'small muted'}, `已生成 ${name}，已记入留痕。`));
    }
    function ask(problem, format) {
      told.replaceChildren(el('div', {class: 'notice asking', role: 'alert'}, el('span', {}, problem.problem),
        el('button', {class: 'btn', on: {click: () => take(format, true)}}, '生成草稿'), el('a', {class: 'btn', href: '/'}, '先审完')));
      told.querySelector('button').focus();
    }
    async function settle(state) {
      const reply = await mj.ask(page, 'settle_paper', {inspection: S.about.inspection, paper: S.key, state});
      if (!reply || reply.problem) { told.replaceChildren(el('p', {class: 'notice', role: 'alert'}, reply ? reply.problem : '没有存上，请重试。')); return; }
      Object.assign(current(), reply);
      drawList();
      show();
    }

    // the paper as it will look; every word is written as text
    function paper(said) {
      return el('article', {class: 'sheet' + (said.wide ? ' wide' : '')}, el('p', {class: 'page-header'}, said.header), el('h2', {}, said.draft ? '（草稿）' + said.title : said.title), el('p', {class: 'subtitle'}, said.subtitle), said.blocks.map(block));
    }
    function block(one) {
      if (one.kind === 'heading') return el(one.level === 1 ? 'h3' : 'h4', {}, one.text);
      if (one.kind === 'text') return el('p', {class: one.manner}, one.text);
      if (one.kind === 'fields') return el('dl', {}, one.pairs.map(([label, value]) => el('div', {}, el('dt', {}, label), el('dd', {}, value))));
      if (one.kind === 'signatures') return el('div', {class: 'signatures'}, one.labels.map((label) => el('p', {}, `${label}：`, el('i', {}), '日期：', el('i', {class: 'short'}))));
      if (one.kind === 'page') return el('hr', {});
      if (!one.rows.length) return el('p', {class: 'small muted'}, `${one.name}：${one.empty}`);
      const cells = (row, tag) => row.map((cell, at) => el(tag, {class: one.columns[at].number ? 'number' : null}, cell));
      const whole = one.columns.reduce((sum, column) => sum + column.width, 0);
      return el('div', {class: 'table'}, el('table', {'aria-label': one.name}, el('colgroup', {}, one.columns.map((column) => el('col', {style: `width:${(100 * column.width / whole).toFixed(2)}%`}))),
        el('thead', {}, el('tr', {}, cells(one.columns.map((column) => column.title), 'th'))), el('tbody', {}, one.rows.map((row) => el('tr', {}, cells(row, 'td')))),
        one.total && !one.more ? el('tfoot', {}, el('tr', {}, cells(one.total, 'td'))) : null), one.more ? el('p', {class: 'small muted'}, `预览到这里，另有 ${one.more.toLocaleString()} 行，见文件。`) : null, one.note ? el('p', {class: 'small'}, one.note) : null);
    }

    const step = (by) => { const all = S.about.papers || [], at = all.findIndex((one) => one.key === S.key), next = all[at + by]; if (next) choose(next.key); };
    Object.assign(page.keys, {KeyJ: () => step(1), KeyK: () => step(-1), KeyW: () => take('docx'), KeyE: () => take('xlsx'), KeyM: () => S.about.papers && mask(!S.masked), KeyD: () => mj.toggleTheme(), 'Shift+Slash': page.showKeys, Escape: () => told.replaceChildren()});
    if (await load('')) await show();
  };

  mj.loaded.add('papers');
})(window.mingjian ||= {loaded: new Set()});
