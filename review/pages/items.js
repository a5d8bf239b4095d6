// 项目对码: the items without a national code, by yuan; one key takes the candidate, another says there is none.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);
  const SHADES = {已确认: 'done', 对照表已列: 'done', 名称相同: 'part', 待确认: 'fault', 目录里没有相近的: 'none'};
  const KEYS = [['项目对码', [['J K', '下一项、上一项'], ['1 2 3 4 5', '取第几个候选'], ['0', '目录里没有'], ['R', '换一种对应关系'], ['/', '在目录里找'], ['Z', '撤销上一项'], ['Esc', '关闭']]]];

  // A panel that opens the whole list in a dialog; `again` starts a new review.
  mj.itemsPanel = function (page, inspection, again) {
    const panel = el('section', {class: 'panel', 'aria-label': '项目对码'}, el('h2', {}, '项目对码'), el('p', {class: 'small muted'}, '正在核对项目名称…'));
    mj.ask(page, 'open_items', {inspection}).then((about) => {
      if (!panel.isConnected) return;
      if (!about || about.problem) { panel.lastChild.textContent = about ? about.problem : '没有读出来，请重试。'; return; }
      summary(about);
    });
    function summary(about) {
      const counts = about.counts, all = Object.values(counts).reduce((sum, n) => sum + n, 0);
      panel.replaceChildren(el('h2', {}, '项目对码'), all ? el('p', {class: 'small'}, `${all} 个项目没有国家编码：`, Object.entries(counts).filter(([, n]) => n).map(([state, n]) => `${state} ${n}（${mj.yuan(about.yuan[state])} 元）`).join('，')) : el('p', {class: 'small muted'}, '所有费用项目都有国家编码。'),
        about.changed ? el('p', {class: 'small'}, `${about.changed} 项确认在这次审核之后，`, el('button', {class: 'link', on: {click: again}}, '重新审核'), '后生效') : '',
        all ? el('p', {}, el('button', {class: 'btn items-open', on: {click: () => open(about)}}, '逐项对码')) : '');
    }

    function open(about) {
      const S = {at: 0, quality: 'same', busy: false, found: null};
      const list = el('ol', {class: 'scroll items-list'}), one = el('div', {class: 'scroll items-one', 'aria-live': 'polite'}), strip = el('p', {class: 'small strip', role: 'status'}, '');
      const search = el('input', {class: 'field', placeholder: '在目录里找：名称或编码', 'aria-label': '在目录里找', maxlength: 60});
      const dialog = el('dialog', {class: 'items', 'aria-label': '项目对码'}, el('h2', {}, '项目对码', el('span', {class: 'push small muted'}, 'J K 选项目 · 1–5 取候选 · 0 目录里没有 · Z 撤销 '), el('button', {class: 'small link', on: {click: () => dialog.close()}}, '关闭 ', mj.kbd('Esc'))),
        el('div', {class: 'items-body'}, list, el('div', {class: 'items-side'}, search, one)), strip);
      const items = about.items;
      const press = () => crypto.randomUUID();

      function drawList() {
        list.replaceChildren(...items.map((item, n) => el('li', {class: n === S.at ? 'on' : ''}, el('button', {'aria-current': n === S.at ? 'true' : null, on: {click: () => go(n)}},
          el('b', {class: 'strong cut'}, item.name || '（无名称）'), el('span', {class: 'number'}, mj.yuan(item.yuan)), el('span', {class: 'small muted cut'}, [item.code, `${item.lines} 行`, `${item.stays} 例`].filter(Boolean).join(' · ')), el('span', {class: 'state ' + SHADES[item.state]}, item.state)))),
        about.left_out ? el('li', {class: 'small muted'}, `另有 ${about.left_out} 项金额更小，未列出`) : '');
      }
      function go(n) {
        if (n < 0 || n >= items.length) return;
        Object.assign(S, {at: n, quality: 'same', found: null});
        search.value = '';
        list.querySelectorAll('li').forEach((node, place) => node.classList.toggle('on', place === n));
        const on = list.children[n];
        if (on) on.scrollIntoView({block: 'nearest'});
        drawOne();
      }
      function drawOne() {
        const item = items[S.at];
        if (!item) { one.replaceChildren(el('p', {class: 'empty'}, '没有要对码的项目。')); return; }
        const chosen = item.chosen, offered = S.found || item.candidates;
        one.replaceChildren(el('h3', {}, item.name), el('p', {class: 'small muted'}, [item.code && '院内编码 ' + item.code, item.unit && '单位 ' + item.unit, `${item.lines} 行、${item.stays} 例、${mj.yuan(item.yuan)} 元`].filter(Boolean).join(' · ')),
          chosen ? el('p', {class: 'chosen'}, chosen.code ? `已确认为 ${chosen.name}（${chosen.code}，${chosen.quality}）` : '已确认：目录里没有对应的项目', el('span', {class: 'small muted'}, ` ${chosen.who} ${mj.clock(chosen.at)}`)) : item.state === '名称相同' ? el('p', {class: 'small'}, '名称相同的已按“线索”用于核查；确认后不再因此降低把握。') : item.state === '待确认' ? el('p', {class: 'small'}, '确认之前，用到这些项目的检查对有关病例读作“未检查”。') : '',
          el('p', {class: 'qualities', role: 'group', 'aria-label': '对应关系'}, Object.entries(about.qualities).map(([key, name]) => el('button', {class: 'pill', 'aria-pressed': String(S.quality === key), on: {click: () => { S.quality = key; drawOne(); }}}, name))),
          el('ol', {class: 'candidates'}, offered.map((candidate, n) => el('li', {}, el('button', {class: 'candidate' + (chosen && chosen.code === candidate.code ? ' on' : ''), on: {click: () => choose(candidate.code)}}, n < 5 ? mj.kbd(String(n + 1)) : el('span', {}), el('span', {}, el('b', {class: 'strong'}, candidate.name), el('span', {class: 'code'}, ' ' + candidate.code),
            el('span', {class: 'small muted why'}, candidate.why)), el('span', {class: 'number small'}, `${candidate.how} ${candidate.score.toFixed(2)}`))))),
          offered.length ? '' : el('p', {class: 'small muted'}, S.found ? '目录里没有找到。' : '目录里没有名称相近的项目。'),
          el('p', {}, el('button', {class: 'btn none', on: {click: () => choose('')}}, '目录里没有 ', mj.kbd('0'))));
      }
      async function choose(code) {
        const item = items[S.at];
        if (!item || S.busy) return;
        S.busy = true;
        strip.textContent = '正在存入…';
        const reply = await mj.ask(page, 'choose_item', {inspection, item: item.id, code, quality: S.quality, press: press()});
        S.busy = false;
        if (!reply || reply.problem) { strip.textContent = reply ? reply.problem : '没有存上，请再按一次。'; return; }
        items[S.at] = reply.item;
        about.changed += 1;
        strip.textContent = `已存入：${item.name} → ${reply.item.chosen.name || '目录里没有'}。Z 撤销`;
        const next = items.findIndex((other, n) => n > S.at && !other.chosen);
        drawList();
        go(next < 0 ? S.at : next);
      }
      async function undo() {
        if (S.busy) return;
        S.busy = true;
        const reply = await mj.ask(page, 'undo_item', {inspection, press: press()});
        S.busy = false;
        if (!reply || reply.problem) { strip.textContent = reply ? reply.problem : '没有撤销，请再按一次。'; return; }
        if (!reply.undone) { strip.textContent = '没有可撤销的确认。'; return; }
        strip.textContent = `已撤销：${reply.undone}`;
        const at = reply.item ? items.findIndex((other) => other.id === reply.item.id) : -1;
        if (at >= 0) items[at] = reply.item;
        drawList();
        go(at < 0 ? S.at : at);
      }
      async function find() {
        const words = search.value.trim(), item = items[S.at];
        const reply = words ? await mj.ask(page, 'search_items', {inspection, words}) : null;
        if (items[S.at] !== item || search.value.trim() !== words) return;
        S.found = reply && !reply.problem ? reply.candidates : null;
        drawOne();
      }
      search.addEventListener('input', () => { clearTimeout(S.wait); S.wait = setTimeout(find, 200); });
      dialog.addEventListener('keydown', (e) => {
        if (e.isComposing || e.altKey || e.metaKey || (e.ctrlKey && e.code !== 'KeyZ')) return;
        if (e.target === search) { if (e.code === 'Enter') { e.preventDefault(); find(); search.blur(); dialog.focus(); } return; }
        const item = items[S.at], digit = /^(?:Digit|Numpad)(\d)$/.exec(e.code), offered = item ? S.found || item.candidates : [];
        if (digit && digit[1] === '0') choose('');
        else if (digit && offered[digit[1] - 1]) choose(offered[digit[1] - 1].code);
        else if (e.code === 'KeyJ' || e.code === 'ArrowDown') go(S.at + 1);
        else if (e.code === 'KeyK' || e.code === 'ArrowUp') go(S.at - 1);
        else if (e.code === 'KeyZ') undo();
        else if (e.code === 'KeyR') { const all = Object.keys(about.qualities); S.quality = all[(all.indexOf(S.quality) + 1) % all.length]; drawOne(); }
        else if (e.code === 'Slash' && !e.shiftKey) search.focus();
        else return;
        e.preventDefault();
      });
      dialog.addEventListener('close', async () => { dialog.remove(); const now = await mj.ask(page, 'open_items', {inspection}); if (now && !now.problem && panel.isConnected) summary(now); });
      drawList();
      page.root.append(dialog);
      dialog.showModal();
      dialog.tabIndex = -1;
      dialog.focus();
      go(0);
    }
    return panel;
  };
  mj.itemsKeys = KEYS;
  mj.loaded.add('items');
})(window.mingjian ||= {loaded: new Set()});
