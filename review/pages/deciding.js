// Deciding on a finding: the strip that says what stands, the three buttons, undo and redo, and the way to the next case.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);
  const ONWARD = 1200;
  const FADES = 6000;
  const GROUPS = {open: 0, part: 0, unseen: 1};

  // desk: {S, queue, finding(), redraw(), choose(n), openCase(key, finding), stay(), walk()} of the review page
  mj.deciding = function (page, desk) {
    const {S, queue, finding} = desk;
    const strip = el('div', {class: 'strip', role: 'status', 'aria-live': 'polite'});
    const holder = el('div', {class: 'holder'}), foot = el('div', {class: 'act-foot small'});
    const asking = mj.asking(page, holder);
    const buttons = ['confirm', 'reject', 'ask'].map((verdict, n) =>
      el('button', {class: 'btn', data: {verdict}, on: {click: () => begin(verdict)}}, mj.kbd(String(n + 1)), mj.VERDICTS[verdict][1]));
    const root = el('div', {class: 'act'}, holder, strip, el('div', {class: 'act-buttons'}, buttons), foot);
    const redone = [], spent = mj.activeTime();
    const words = [['confirm', 'reject', 'ask'].map((verdict) => mj.VERDICTS[verdict][1]), ['从首审', '从复审', '另定']];
    let timer = 0;
    const decisions = mj.decisions(page, {
      waiting: () => say('正在存…'),
      lost: (press) => settle(press, {lost: press.tries}),
      refused: (press, problem) => { settle(press, null); say(problem, true); },
      conflict: (press, stands) => settle(press, {...stands, mine: press}),
      saved: (press, reply) => press.name === 'undo' ? undone(reply) : saved(press, reply),
    });

    // what stands -------------------------------------------------------------------------------------------
    function draw() {
      const one = finding() || (S.cas && {decision: S.cas.seen});
      const rules = ruling(one), can = finding() && (rules || S.cas.may_decide && !one.ruling);
      buttons.forEach((button, n) => { button.disabled = !can; button.lastChild.data = words[rules ? 1 : 0][n]; });
      const press = (key, words, run) => el('button', {class: 'small', on: {click: run}}, mj.kbd(key), ' ' + words);
      foot.replaceChildren(press('R', '理由', reason), press('N', '附言', note), press('Space', '下一处证据', desk.walk), el('button', {class: 'small', on: {mousedown: (e) => e.preventDefault(), click: desk.propose}}, mj.kbd('+'), ' 自行提出'),
        el('span', {class: 'push muted'}, '自动保存'));
      const made = one && one.decision;
      if (!made) drawOpen(one);
      else if (made.mine) drawConflict(one, made);
      else if (made.lost) drawLost(made);
      else drawMade(made);
    }
    function say(words, bad) {
      strip.className = 'strip' + (bad ? ' bad' : '');
      strip.replaceChildren(words);
    }
    const drafts = (one) => [S.reason && '理由：' + S.reason, S.note && '附言：' + S.note, one && one.draft && `金额 ${mj.yuan(one.draft)}`].filter(Boolean).join(' · ');
    function drawOpen(one) {
      strip.className = 'strip';
      strip.replaceChildren(el('span', {class: 'state'}, '待定'), el('span', {class: 'muted cut'}, drafts(one)));
    }
    function drawMade(made) {
      const open = drafts(finding()), more = [open && '改定时一并存 ' + open, made.reasons.join('；'), made.note].filter(Boolean).join(' · ');
      const told = `${made.who} ${made.saving ? '正在存' : mj.clock(made.at)}${more ? ' · ' + more : ''}`;
      strip.className = 'strip ' + made.verdict;
      strip.replaceChildren(el('b', {class: 'strong'}, mj.VERDICTS[made.verdict].join(' ')), el('span', {class: 'small cut', title: more}, told),
        finding() && finding().ruling ? el('span', {class: 'push small'}, '已裁定') : el('button', {class: 'push small', on: {click: undo}}, mj.kbd('Z'), ' 撤销'));
    }
    function drawLost(made) {
      say(el('b', {class: 'strong'}, '未存上'), true);
      strip.append(` ${mj.VERDICTS[made.verdict].join(' ')} 已留在本机，第 ${made.lost} 次重试`,
        el('button', {class: 'link push', on: {click: () => decisions.again()}}, '立即重试'));
    }
    function drawConflict(one, made) {
      const keep = () => { delete made.mine; desk.redraw(); };
      const insist = () => {
        const press = made.mine.value;
        one.decision = {...made, ...press, mine: null, saving: true};
        decisions.send('decide', {...press, known: made.seq});
        desk.redraw();
      };
      say(`刚由 ${made.who} 在另一窗口定为 ${mj.VERDICTS[made.verdict][1]}`, true);
      strip.append(el('span', {class: 'push'}, el('button', {class: 'link', on: {click: insist}}, '用这里的'), '　',
        el('button', {class: 'link', on: {click: keep}}, '用那边的')));
    }

    // deciding ----------------------------------------------------------------------------------------------
    function begin(verdict) {
      const one = finding();
      stop();
      if (ruling(one)) { rule({confirm: 'first', reject: 'second', ask: 'other'}[verdict]); return; }
      if (one && one.ruling) { say('已裁定，不能撤销，可申请复议', true); return; }
      if (!one || !S.cas.may_decide) return;
      if (verdict === 'reject') asking.reasons('不成立：选理由', one.reasons, (reasons) => decide('reject', reasons));
      else if (verdict === 'ask') asking.materials(one.materials, (reasons) => decide('ask', reasons));
      else if (one.typed && !S.reason) {
        asking.text('金额由您另定，请写一句理由', '', 200, (words) => { if (words) decide('confirm', [words]); });
      } else decide('confirm', []);
    }
    function decide(verdict, reasons) {
      const one = finding(), before = one.decision;
      const given = {verdict, reasons: S.reason ? [...reasons, S.reason] : reasons, note: S.note, amount: one.draft || ''};
      one.before = before;
      one.decision = {...given, amount: one.draft || null, who: S.about.person.name, saving: true, seq: before ? before.seq : null};
      S.reason = S.note = '';
      redone.length = 0;
      decisions.send('decide', {case: S.cas.key, finding: one.id, known: before ? before.seq : null, spent: spent(), ...given});
      count();
      const all = S.cas.findings, after = all.slice(S.active + 1).find((other) => !other.decision) || all.find((other) => !other.decision);
      if (after) desk.choose(all.indexOf(after));
      else { desk.redraw(); onward(); }
    }
    function count() {
      const all = S.cas.findings, decided = all.filter((one) => one.decision).length;
      let state = S.cas.seen ? 'done' : 'unseen';
      if (all.length) state = decided < all.length ? (decided ? 'part' : 'open') : all.some((one) => one.decision.verdict === 'ask') ? 'ask' : 'done';
      queue.update(S.cas.key, {findings: all.length, decided, state, group: GROUPS[state] === undefined ? 2 : GROUPS[state]},
        Object.fromEntries(all.map((one) => [one.id, one.decision ? one.decision.verdict : 'pending'])));
    }
    function settle(press, decision) {
      const cas = S.cas;
      if (!cas || press.value.case !== cas.key) return;
      const one = press.value.verdict === 'seen' ? null : cas.findings.find((other) => other.id === press.value.finding);
      if (one === undefined) return;
      if (!one) cas.seen = decision && decision.lost ? {...cas.seen, ...decision} : decision;
      else if (decision && decision.lost) one.decision = {...one.decision, ...decision};
      else Object.assign(one, {decision: decision === null ? one.before || null : decision, draft: '', typed: false});
      count();
      desk.redraw();
    }
    // two calls differ and one may rule between them
    const ruling = (one) => Boolean(one && one.dispute && one.dispute.may_rule);
    function rule(choice) {
      const one = finding(), key = S.cas.key;
      stop();
      mj.ruling(asking, choice, one, (told) => decisions.send('adjudicate', {case: key, finding: one.id, ...told}));
    }
    function saved(press, reply) {
      settle(press, reply.decision);
      if (!S.cas || S.cas.key !== press.value.case) return;
      const one = S.cas.findings.find((other) => other.id === press.value.finding);
      if (one && reply.beside && !reply.reopen) { Object.assign(one, reply.beside); desk.redraw(); }
      if (reply.reopen) desk.openCase(S.cas.key, one ? finding() && finding().id : press.value.finding).then(count);
    }
    function seen() {
      if (!S.cas || S.cas.findings.length) return;
      if (!S.cas.seen && S.cas.may_decide) {
        S.cas.seen = {verdict: 'seen', reasons: [], note: '', who: S.about.person.name, saving: true};
        decisions.send('decide', {case: S.cas.key, finding: '', verdict: 'seen'});
        count();
      }
      const row = queue.nextOpen(S.cas.key);
      if (row) desk.openCase(row.key); else { desk.redraw(); ended(); }
    }

    // undo and redo -----------------------------------------------------------------------------------------
    function undo() {
      stop();
      decisions.send('undo', {inspection: S.about.inspection});
    }
    async function undone(reply) {
      if (!reply.undone) { say('没有可撤销的决定'); return; }
      redone.push({...reply.undone, case: reply.case, finding: reply.finding, withdrawn: reply.withdrawn});
      if (!S.cas || S.cas.key !== reply.case) await desk.openCase(reply.case, reply.finding);
      else if (reply.withdrawn) await desk.openCase(reply.case);
      else {
        desk.stay();
        const n = S.cas.findings.findIndex((one) => one.id === reply.finding);
        if (n < 0) S.cas.seen = reply.stands;
        else { S.cas.findings[n].decision = reply.stands; desk.choose(n); }
      }
      count();
      const was = mj.VERDICTS[reply.undone.verdict][1], is = reply.withdrawn ? '这项疑点已收回' : reply.stands ? mj.VERDICTS[reply.stands.verdict][1] : '待定';
      const told = el('span', {}, `已撤销：${was} → ${is}`);
      say(told);
      strip.append(el('button', {class: 'push small', on: {click: redo}}, mj.kbd('Shift'), ' ', mj.kbd('Z'), ' 重做'));
      setTimeout(() => { if (told.isConnected) draw(); }, FADES);
    }
    async function redo() {
      const last = redone.pop();
      if (!last) return;
      if (S.cas.key !== last.case) await desk.openCase(last.case, last.finding);
      const one = S.cas.findings.find((other) => other.id === last.finding), stands = one ? one.decision : last.withdrawn ? null : S.cas.seen;
      if (one) Object.assign(one, {before: stands, decision: {...last, saving: true}});
      decisions.send('decide', {case: last.case, finding: last.finding, verdict: last.verdict, reasons: last.reasons, note: last.note,
        amount: last.amount || '', known: stands ? stands.seq : null});
      desk.redraw();
    }

    // onward ------------------------------------------------------------------------------------------------
    function onward() {
      const row = queue.nextOpen(S.cas.key), since = Date.now();
      if (!row) { ended(); return; }
      holder.append(el('div', {class: 'onward small'}, `本例已定 ${S.cas.findings.length} 项，1.2 秒后到下一例；按任意键停留`));
      timer = setInterval(() => {
        if (decisions.busy() || Date.now() - since < ONWARD) return;
        stop();
        desk.openCase(row.key);
      }, 100);
    }
    // what was assigned meanwhile, a second review too, is listed when the page is asked for again
    function ended() {
      stop();
      holder.append(el('div', {class: 'onward small'}, '列表里的病例都已审完。', el('button', {on: {click: () => location.assign('/')}}, '看有没有新分派的')));
    }
    function stop() {
      clearInterval(timer);
      timer = 0;
      holder.querySelectorAll('.onward').forEach((bar) => bar.remove());
    }
    for (const event of ['keydown', 'mousedown']) document.addEventListener(event, () => timer && stop(), true);

    function reason() { if (finding()) asking.text('理由', S.reason, 200, (words) => { S.reason = words; draw(); }); }
    function note() { if (finding()) mj.noteDialog(page, asking, S.cas, finding(), S.note, (words) => { S.note = words; draw(); }, desk.redraw); }
    function setAmount(given, typed) { Object.assign(finding(), {draft: given, typed}); desk.redraw(); }
    function amount() {
      const one = finding();
      if (one && one.amount !== null) asking.amount(one, S.cas.head.total, setAmount);
    }
    const unsaved = () => decisions.busy() && S.cas && S.cas.findings.some((one) => one.decision && one.decision.lost);
    return {root, asking, draw, say, begin, rule, recount: count, opened: spent, undo, redo, seen, reason, note, amount, setAmount, stop, unsaved,
      resume: () => decisions.resume(), again: () => decisions.again()};
  };

  mj.loaded.add('deciding');
})(window.mingjian ||= {loaded: new Set()});
