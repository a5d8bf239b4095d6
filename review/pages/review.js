// 审核: holds the state of the page and wires queue, record, cards, decisions and keys together.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);
  const ONWARD = 1200;
  const KEYS = [
    ['决定', [['1', '确认'], ['2', '不成立'], ['3', '待补材料'], ['Z', '撤销上一步'], ['Shift Z', '重做'], ['E', '改金额'], ['R', '理由'], ['N', '附言']]],
    ['移动', [['J K', '下一个、上一个疑点'], ['Space', '下一处证据'], ['Shift Space', '上一处证据'], ['] [', '下一例、上一例'], ['/', '搜索'], ['G', '跳到第几例']]],
    ['病历', [['Q W', '前、后一份文书'], ['T', '时间线全部'], ['O', '文字或原页'], ['F', '费用明细']]],
    ['查阅', [['B', '依据'], ['U', '未检查'], ['D', '深色或浅色'], ['?', '本表'], ['Esc', '关闭']]],
  ];

  mj.page_review = async function (page) {
    const S = {cas: null, active: 0, now: null, allLanes: false, onward: 0, redo: [], note: '', reason: '', about: null, turn: 0};
    const queue = mj.queue(page, (key) => openCase(key));
    const head = el('div', {class: 'case-head'}), lanes = el('div', {class: 'panel timeline scroll', tabindex: '0', 'aria-label': '时间线'});
    const record = mj.record(page);
    const strip = el('div', {class: 'strip', role: 'status', 'aria-live': 'polite'});
    const holder = el('div', {class: 'holder'}), foot = el('div', {class: 'act-foot small'});
    const buttons = ['confirm', 'reject', 'ask'].map((verdict, n) => el('button', {class: 'btn', on: {click: () => begin(verdict)}}, mj.kbd(String(n + 1)), mj.VERDICTS[verdict][1]));
    const actions = el('div', {class: 'act'}, holder, strip, el('div', {class: 'act-buttons'}, buttons), foot);
    const cards = mj.cards(page, {choose: (n) => choose(n), look: (item) => look(item), basis: () => basis(), redraw: () => redraw(), seen: () => seen(), amount: (given) => setAmount(given, false)});
    const drawer = el('aside', {class: 'drawer', 'aria-label': '依据', tabindex: '-1', hidden: true});
    const middle = el('section', {class: 'middle'}, head, lanes, record.root);
    const body = el('main', {class: 'review'}, queue.root, middle, el('div', {class: 'right'}, cards.root, actions), drawer);
    const asking = mj.asking(page, holder);
    const finding = () => S.cas && S.cas.findings[S.active];
    const decisions = mj.decisions(page, {
      waiting: () => drawStrip('正在存…'),
      lost: (press) => settle(press, {lost: press.tries}),
      refused: (press, problem) => { settle(press, null); drawStrip(problem, true); },
      conflict: (press, stands) => settle(press, {...stands, mine: press}),
      saved: (press, reply) => press.name === 'undo' ? undone(press, reply) : settle(press, reply.decision),
    });
    page.onBack = () => decisions.again();
    page.showKeys = () => mj.keysDialog(page, KEYS);

    async function begins() {
      const about = await mj.ask(page, 'open_queue', Object.fromEntries(new URLSearchParams(location.search)));
      if (!about || about.problem) { page.root.replaceChildren(el('div', {class: 'empty'}, el('p', {}, about ? about.problem : '没有连上服务器。'), el('button', {class: 'btn', on: {click: () => location.reload()}}, '重试'))); return; }
      S.about = about;
      about.onSwitch = (key) => { location.href = '/?inspection=' + encodeURIComponent(key); };
      mj.frame(page, about, body);
      if (!about.rows) { waitForRun(about); return; }
      queue.set(about.rows, about.today);
      decisions.resume();
      const wanted = new URLSearchParams(location.search);
      const row = queue.row(wanted.get('case')) || about.rows.find((one) => one.group !== 2) || about.rows[0];
      if (row) await openCase(row.key, wanted.get('finding'), true); else middle.replaceChildren(el('div', {class: 'empty'}, '没有病例。'));
    }
    function waitForRun(about) {
      const box = el('div', {class: 'empty'});
      body.replaceChildren(box);
      body.classList.add('alone');
      if (!about.inspection) { box.replaceChildren(el('p', {}, '还没有检查。'), el('a', {class: 'btn main', href: '/inspections'}, '新建检查')); return; }
      const draw = (one) => {
        const run = one.progress;
        box.replaceChildren(el('h2', {}, one.state === 'failed' ? '审核没有完成' : '正在审核'), one.state === 'failed' ? el('p', {class: 'notice'}, one.problem)
          : el('p', {}, run ? `${run.stage} ${run.total ? `${run.done} / ${run.total}` : ''} · 已 ${Math.round(run.seconds)} 秒` : '排队'),
        run && run.total ? el('div', {class: 'bar', style: 'width:280px'}, el('b', {style: `width:${100 * run.done / run.total}%`})) : '', el('p', {class: 'small muted'}, '关闭页面不影响运行。'), el('a', {class: 'link', href: '/inspections'}, '到“检查”页看各步'));
      };
      draw(about);
      const timer = setInterval(async () => {
        if (!page.root.isConnected) { clearInterval(timer); return; }
        const next = await mj.ask(page, 'open_queue', {inspection: about.inspection});
        if (next && next.rows) { clearInterval(timer); location.reload(); } else if (next) draw(next);
      }, 1000);
    }

    async function openCase(key, wanted, replace) {
      if (decisions.busy() && S.cas && S.cas.key !== key && S.cas.findings.some((one) => one.decision && one.decision.lost)) { drawStrip('未存上前不会进入下一例', true); return; }
      stopOnward();
      closeDrawer();
      asking.close();
      const turn = ++S.turn;
      queue.mark(key);
      const slow = setTimeout(() => head.replaceChildren(el('p', {class: 'muted'}, '正在读取病例')), 400);
      const cas = await mj.ask(page, 'open_case', {case: key});
      clearTimeout(slow);
      if (turn !== S.turn) return;
      if (!cas || cas.problem) { drawStrip(cas ? cas.problem : '没有读出来，请重试。', true); return; }
      Object.assign(S, {cas, now: null, note: '', reason: '', active: Math.max(0, cas.findings.findIndex((one) => wanted ? one.id === wanted : !one.decision))});
      record.show(cas);
      cards.reset();
      drawHead();
      if (!cas.findings.length) { S.active = 0; look(null); } else choose(S.active, replace);
      address(replace);
    }
    function address(replace) {
      const one = finding(), url = '/?case=' + encodeURIComponent(S.cas.key) + (one ? '&finding=' + encodeURIComponent(one.id) : '');
      if (url !== location.pathname + location.search) history[replace ? 'replaceState' : 'pushState']({}, '', url);
    }
    window.addEventListener('popstate', () => {
      const wanted = new URLSearchParams(location.search);
      if (!page.root.isConnected || !wanted.get('case')) return;
      if (S.cas && wanted.get('case') === S.cas.key) choose(S.cas.findings.findIndex((one) => one.id === wanted.get('finding')), true); else openCase(wanted.get('case'), wanted.get('finding'), true);
    });

    function drawHead() {
      const one = S.cas.head, [at, of] = queue.position(S.cas.key);
      const bit = (...words) => el('span', {}, words);
      const begins = one.begins.slice(5), ends = one.ends.slice(0, 4) === one.begins.slice(0, 4) ? one.ends.slice(5) : one.ends;
      head.replaceChildren(el('div', {class: 'case-line'}, el('h1', {class: 'cut', title: one.name}, one.name), bit([one.sex, one.age === null ? '' : ` ${one.age} 岁`].join('')),
        bit(one.department, one.bed ? ` ${one.bed}${/床$/.test(one.bed) ? '' : ' 床'}` : ''), el('span', {class: 'cut', title: one.diagnosis}, one.diagnosis, ' ', el('span', {class: 'muted'}, one.diagnosis_code)),
        one.doctor ? bit('主诊 ' + one.doctor) : null, el('span', {class: 'push small muted'}, at >= 0 ? `第 ${at + 1} / ${of} 例` : '')),
      el('div', {class: 'case-line small'}, bit(begins, ' 入院 → ', ends, ' 出院 · ', el('b', {class: 'strong'}, `${one.days} 天`)), bit('总费用 ', el('b', {class: 'strong'}, mj.yuan(one.total))),
        bit('基金支付 ', el('b', {class: 'strong'}, mj.yuan(one.fund))), bit(`费用明细 ${one.charges} 项`), el('span', {class: 'muted inpatient'}, '住院号 ' + one.number)));
    }
    function choose(n, replace) {
      if (!S.cas || n < 0 || n >= S.cas.findings.length) return;
      S.active = n;
      S.note = S.reason = '';
      const one = finding();
      look(one.evidence.find((item) => item.says === 'for' && item.place) || one.evidence[0] || null, true);
      address(replace !== false);
    }
    function look(item, fresh) {
      S.now = item;
      redraw();
      if (fresh) cards.reveal();
      record.look(finding() || {id: '', evidence: []}, item);
    }
    function redraw() {
      cards.draw(S.cas, S.active, S.now);
      mj.timeline(lanes, S.cas.timelines, finding(), S.allLanes, look);
      drawStrip();
      const can = S.about.person.decides && finding();
      buttons.forEach((button) => { button.disabled = !can; });
      const press = (key, words, run) => el('button', {class: 'small', on: {click: run}}, mj.kbd(key), ' ' + words);
      foot.replaceChildren(press('R', '理由', reason), press('N', '附言', note), press('Space', '下一处证据', () => walk(1)), el('span', {class: 'push muted'}, '自动保存'));
    }
    function drawStrip(words, bad) {
      const one = finding() || (S.cas && {decision: S.cas.seen}), made = one && one.decision;
      strip.className = 'strip' + (words ? (bad ? ' bad' : '') : made ? (made.lost || made.mine ? ' bad' : ' ' + made.verdict) : '');
      if (words) { strip.replaceChildren(words); return; }
      if (!made) {
        const drafts = [S.reason ? '理由：' + S.reason : '', S.note ? '附言：' + S.note : '', one && one.draft ? `金额 ${mj.yuan(one.draft)}` : ''].filter(Boolean).join(' · ');
        strip.replaceChildren(el('span', {class: 'state'}, '待定'), el('span', {class: 'muted cut'}, drafts));
        return;
      }
      const name = mj.VERDICTS[made.verdict].join(' ');
      if (made.mine) {
        strip.replaceChildren(el('span', {}, `刚由 ${made.who} 在另一窗口定为 ${mj.VERDICTS[made.verdict][1]}`), el('span', {class: 'push'},
          el('button', {class: 'link', on: {click: () => insist(one, made)}}, '用这里的'), '　', el('button', {class: 'link', on: {click: () => { delete made.mine; redraw(); }}}, '用那边的')));
      } else if (made.lost) strip.replaceChildren(el('b', {class: 'strong'}, '未存上'), ` ${name} 已留在本机，第 ${made.lost} 次重试`, el('button', {class: 'link push', on: {click: () => decisions.again()}}, '立即重试'));
      else {
        const more = [made.reasons.join('；'), made.note].filter(Boolean).join(' · ');
        strip.replaceChildren(el('b', {class: 'strong'}, name), el('span', {class: 'small cut', title: more}, `${made.who} ${made.saving ? '正在存' : mj.clock(made.at)}${more ? ' · ' + more : ''}`),
          el('button', {class: 'push small', on: {click: undo}}, mj.kbd('Z'), ' 撤销'));
      }
    }

    function begin(verdict) {
      const one = finding();
      if (!one || !S.about.person.decides) return;
      stopOnward();
      if (verdict === 'reject') asking.reasons('不成立：选理由', one.reasons, (reasons) => decide('reject', reasons));
      else if (verdict === 'ask') asking.materials(one.materials, (reasons) => decide('ask', reasons));
      else if (one.typed && !S.reason) asking.text('金额由您另定，请写一句理由', '', 200, (words) => { if (words) { S.reason = words; decide('confirm', []); } });
      else decide('confirm', []);
    }
    function decide(verdict, reasons) {
      const one = finding(), before = one.decision;
      const value = {case: S.cas.key, finding: one.id, verdict, reasons: S.reason ? [...reasons, S.reason] : reasons, note: S.note, amount: one.draft || '', known: before ? before.seq : null};
      one.before = before;
      one.decision = {verdict, reasons: value.reasons, note: S.note, amount: one.draft || null, who: S.about.person.name, saving: true, seq: before ? before.seq : null};
      S.reason = S.note = '';
      S.redo = [];
      decisions.send('decide', value);
      count();
      const n = next();
      if (n < 0) redraw(); else choose(n);
      if (n < 0) onward();
    }
    const next = () => { const all = S.cas.findings; for (let step = 1; step < all.length; step++) { const n = (S.active + step) % all.length; if (!all[n].decision) return n; } return -1; };
    function count() {
      const all = S.cas.findings, decided = all.filter((one) => one.decision).length;
      const state = !all.length ? (S.cas.seen ? 'done' : 'unseen') : decided < all.length ? (decided ? 'part' : 'open') : all.some((one) => one.decision.verdict === 'ask') ? 'ask' : 'done';
      queue.update(S.cas.key, {decided, state, group: {open: 0, part: 0, unseen: 1}[state] ?? 2});
    }
    function settle(press, decision) {
      const cas = S.cas;
      if (!cas || press.value.case !== cas.key) return;
      if (press.value.verdict === 'seen') { cas.seen = decision; redraw(); return; }
      const one = cas.findings.find((other) => other.id === press.value.finding);
      if (!one) return;
      if (decision && decision.lost) Object.assign(one.decision || {}, decision);
      else { one.decision = decision === null ? one.before || null : decision; one.draft = ''; }
      count();
      redraw();
    }
    function insist(one, stands) {
      const {mine} = stands;
      one.decision = {...stands, ...mine.value, saving: true};
      decisions.send('decide', {...mine.value, known: stands.seq});
      redraw();
    }
    function undo() {
      stopOnward();
      decisions.send('undo', {inspection: S.about.inspection});
    }
    async function undone(press, reply) {
      if (!reply.undone) { drawStrip('没有可撤销的决定'); return; }
      S.redo.push({...reply.undone, case: reply.case, finding: reply.finding});
      if (!S.cas || S.cas.key !== reply.case) await openCase(reply.case, reply.finding);
      else {
        const n = S.cas.findings.findIndex((one) => one.id === reply.finding);
        if (n >= 0) { S.cas.findings[n].decision = reply.stands; choose(n); } else S.cas.seen = reply.stands;
      }
      count();
      const was = reply.undone.verdict, is = reply.stands ? reply.stands.verdict : null;
      drawStrip('');
      strip.replaceChildren(el('span', {}, `已撤销：${mj.VERDICTS[was][1]} → ${is ? mj.VERDICTS[is][1] : '待定'}`), el('button', {class: 'push small', on: {click: redo}}, mj.kbd('Shift'), ' ', mj.kbd('Z'), ' 重做'));
      setTimeout(() => { if (!strip.querySelector('.state')) drawStrip(); }, 6000);
    }
    async function redo() {
      const last = S.redo.pop();
      if (!last) return;
      if (S.cas.key !== last.case) await openCase(last.case, last.finding);
      const one = S.cas.findings.find((other) => other.id === last.finding), stands = one ? one.decision : S.cas.seen;
      const value = {case: last.case, finding: last.finding, verdict: last.verdict, reasons: last.reasons, note: last.note, amount: last.amount || '', known: stands ? stands.seq : null};
      if (one) { one.before = stands; one.decision = {...last, saving: true}; }
      decisions.send('decide', value);
      redraw();
    }
    function onward() {
      const row = queue.nextOpen(S.cas.key), since = Date.now();
      if (!row) { drawStrip('本例已定，队列里没有待审病例'); return; }
      const bar = el('div', {class: 'onward small'}, `本例已定 ${S.cas.findings.length} 项，1.2 秒后到下一例；按任意键停留`);
      holder.append(bar);
      S.onward = setInterval(() => {
        if (decisions.busy() || Date.now() - since < ONWARD) return;
        stopOnward();
        openCase(row.key);
      }, 100);
    }
    function stopOnward() { clearInterval(S.onward); S.onward = 0; holder.querySelectorAll('.onward').forEach((bar) => bar.remove()); }
    document.addEventListener('keydown', () => S.onward && stopOnward(), true);
    document.addEventListener('mousedown', () => S.onward && stopOnward(), true);
    function seen() {
      if (!S.cas || S.cas.findings.length) return;
      if (!S.cas.seen && S.about.person.decides) {
        S.cas.seen = {verdict: 'seen', reasons: [], note: '', who: S.about.person.name, saving: true};
        decisions.send('decide', {case: S.cas.key, finding: '', verdict: 'seen'});
        count();
      }
      const row = queue.nextOpen(S.cas.key);
      if (row) openCase(row.key); else redraw();
    }
    function reason() { if (finding()) asking.text('理由', S.reason, 200, (words) => { S.reason = words; drawStrip(); }); }
    function note() { if (finding()) asking.text('附言', S.note, 500, (words) => { S.note = words; drawStrip(); }); }
    function setAmount(given, typed) { const one = finding(); one.draft = given; one.typed = typed; redraw(); }
    function amount() { const one = finding(); if (one && one.amount !== null) asking.amount(one, S.cas.head.total, setAmount); }

    // supporting and opposing evidence in turn, and round again
    function walk(step) {
      const one = finding();
      if (!one || !one.evidence.length) return;
      const sides = ['for', 'against'].map((says) => one.evidence.filter((item) => item.says === says)), order = [];
      for (let n = 0; n < Math.max(...sides.map((side) => side.length)); n++) for (const side of sides) if (side[n]) order.push(side[n]);
      const at = order.indexOf(S.now);
      look(order[(at + step + order.length) % order.length]);
    }
    async function basis() {
      const one = finding();
      if (!one) return;
      if (!drawer.hidden && drawer.dataset.finding === one.id) { const scroll = drawer.querySelector('.scroll'), clauses = [...scroll.children], at = clauses.findIndex((clause) => clause.offsetTop > scroll.scrollTop + scroll.offsetTop + 8); (clauses[at] || clauses[0]).scrollIntoView({block: 'start'}); return; }
      drawer.dataset.finding = one.id;
      drawer.hidden = false;
      const box = el('div', {class: 'scroll'}, el('p', {class: 'muted'}, '正在打开条文'));
      drawer.replaceChildren(el('header', {}, el('h2', {}, '依据'), el('button', {class: 'push small link', on: {click: closeDrawer}}, '关闭 ', mj.kbd('Esc'))), box);
      drawer.focus();
      const reply = await mj.ask(page, 'open_basis', {case: S.cas.key, finding: one.id});
      if (drawer.dataset.finding !== one.id) return;
      box.replaceChildren(...(reply && reply.clauses ? reply.clauses.map((clause) => mj.clause(clause, '住院当日')) : [el('p', {class: 'notice'}, reply ? reply.problem : '没有读出来，请重试。')]));
    }
    function closeDrawer() { drawer.hidden = true; drawer.dataset.finding = ''; }
    const beside = (step) => { const row = S.cas && queue.beside(S.cas.key, step); if (row) openCase(row.key); };
    function jumpTo() { asking.text('跳到第几例', '', 6, (words) => { const row = queue.nth(Number(words)); if (row) openCase(row.key); }); }

    Object.assign(page.keys, {Digit1: () => begin('confirm'), Digit2: () => begin('reject'), Digit3: () => begin('ask'), Numpad1: () => begin('confirm'), Numpad2: () => begin('reject'), Numpad3: () => begin('ask'),
      KeyZ: undo, 'Shift+KeyZ': redo, KeyE: amount, KeyR: reason, KeyN: note, KeyJ: () => choose(S.active + 1), KeyK: () => choose(S.active - 1), Space: () => walk(1), 'Shift+Space': () => walk(-1),
      BracketRight: () => beside(1), BracketLeft: () => beside(-1), Slash: () => queue.focusSearch(), 'Shift+Slash': page.showKeys, KeyG: jumpTo, KeyQ: () => record.step(-1), KeyW: () => record.step(1),
      KeyT: () => { S.allLanes = !S.allLanes; redraw(); }, KeyO: () => record.toggleMode(), KeyF: () => S.cas && record.open('charges'), KeyB: basis, KeyU: () => cards.jump(), KeyD: () => mj.toggleTheme(),
      Escape: () => { closeDrawer(); page.root.querySelectorAll('.menu').forEach((menu) => menu.remove()); }, Enter: seen});
    queue.grey();
    await begins();
  };

  mj.loaded.add('review');
})(window.mingjian ||= {loaded: new Set()});
