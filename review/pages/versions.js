// The revisions of one PDF: the changes that were found, and a page as two revisions show it, as text and as picture.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);

  mj.drawVersions = function (page, box, tools, told, value) {
    const state = {page: told.pages[0], step: -1, picture: false, turn: 0, shown: null};
    const stage = el('div', {class: 'version-sides'}), bar = el('p', {class: 'told small'});
    tools.replaceChildren(el('span', {class: 'key-of small muted'}, el('i', {class: 'differs gone'}), '前一版有、后一版没有'), el('span', {class: 'key-of small muted'}, el('i', {class: 'differs come'}), '后一版新写'));
    box.replaceChildren(mj.rates(told.rates, '多版有多常见'), changes(), bar, stage);
    load();

    function changes() {
      const rows = told.changes.map((one, n) => el('li', {}, el('button', {class: one.page === state.page ? 'on' : '', data: {page: String(one.page)}, on: {click: () => { state.page = one.page; load(); }}},
        el('span', {class: 'n ' + (one.weighty ? 'for' : 'against')}, String(n + 1)), el('span', {}, one.says, one.weighty ? null : el('span', {class: 'muted'}, '　不改动日期、数值、姓名、诊断')))));
      return el('section', {class: 'panel changes scroll', tabindex: '0', 'aria-label': '改动'}, el('h3', {}, told.file, el('span', {class: 'small muted'},
        ` 共 ${told.revisions} 版${told.producer ? ' · 由 ' + told.producer + ' 生成' : ''}`)), rows.length ? el('ul', {}, rows) : el('p', {class: 'muted'}, '没有读出可见内容的改动。'));
    }
    async function load() {
      const turn = ++state.turn;
      box.querySelectorAll('.changes button').forEach((one) => one.classList.toggle('on', Number(one.dataset.page) === state.page));
      bar.replaceChildren(el('span', {class: 'muted'}, `正在打开第 ${state.page} 页的各版`));
      stage.replaceChildren(el('div', {class: 'grey'}, [1, 2, 3].map(() => el('i', {}))));
      const reply = await mj.ask(page, 'open_versions', {...value, page: state.page});
      if (turn !== state.turn || !stage.isConnected) return;
      if (!reply || reply.problem) { bar.replaceChildren(); stage.replaceChildren(el('p', {class: 'notice'}, reply ? reply.problem : '没有读出来，请重试。')); return; }
      state.shown = reply;
      state.step = reply.steps.length - 1;
      draw();
    }
    function draw() {
      const {steps, alone} = state.shown;
      const modes = el('span', {class: 'modes always versions-as', role: 'group', 'aria-label': '文字或画面'}, [[false, '文字'], [true, '画面']].map(([is, name]) =>
        el('button', {'aria-pressed': String(state.picture === is), on: {click: () => { state.picture = is; draw(); }}}, name)));
      if (!steps.length) {
        bar.replaceChildren(el('span', {}, alone ? `第 ${state.page} 页各版显示相同；改动在画面上（遮盖、字体），请看原页。` : '这一页没有能打开的版本。'), el('span', {class: 'push'}, modes));
        stage.replaceChildren(...(alone ? [el('div', {class: 'sides one'}, side(alone, 'gone', '现在的样子'))] : []));
        return;
      }
      const choose = steps.length > 1 ? el('select', {class: 'switch', 'aria-label': '哪两版', on: {change: (e) => { state.step = Number(e.target.value); draw(); }}},
        steps.map(([was, is], n) => el('option', {value: n, selected: n === state.step}, `第 ${was.revision} 版 → 第 ${is.revision} 版`))) : null;
      const [was, is] = steps[state.step], sides = [side(was, 'gone', is.revision === told.revisions ? '改动前' : '较早'), side(is, 'come', is.revision === told.revisions ? '现在的样子' : '较晚')];
      const locked = mj.locked(sides.map((one) => one.querySelector('.side-text')));
      bar.replaceChildren(el('span', {}, `第 ${state.page} 页`), ...[choose].filter(Boolean), el('span', {class: 'push'}, modes, '　', locked.button));
      stage.replaceChildren(el('div', {class: 'sides'}, sides));
      state.lock = locked.toggle;
      sides.forEach((one) => { const mark = one.querySelector('.differs, .box-mark'), text = one.querySelector('.side-text'); if (mark) locked.apart(() => locked.centre(text, mark)); });
    }
    function side(one, as, name) {
      const text = el('div', {class: `side-text scroll ${as}`, tabindex: '0', 'aria-label': `第 ${one.revision} 版`});
      if (!state.picture) text.append(...mj.sideLines(one, text));
      else if (!one.picture) text.append(el('p', {class: 'notice small'}, '这一版不能显示图像，文字仍可读。'));
      else text.append(el('div', {class: 'paper'}, el('img', {alt: `第 ${one.revision} 版 第 ${state.page} 页`, src: 'data:image/png;base64,' + one.picture}), one.boxes.map(([x0, y0, x1, y1]) =>
        el('i', {class: 'box-mark' + (as === 'come' ? ' against' : ''), style: `left:${100 * x0}%;top:${100 * y0}%;width:${100 * (x1 - x0)}%;height:${100 * (y1 - y0)}%`}))));
      return el('section', {class: 'panel side-of'}, el('header', {}, el('div', {class: 'side-head'}, el('b', {class: 'strong'}, `第 ${one.revision} 版`), el('span', {class: 'muted'}, name),
        one.made_at ? el('span', {class: 'push small muted'}, `文件写明 ${one.made_at} 保存`) : null)), text);
    }
    return {lock: () => state.lock && state.lock(), step: (by) => {
      const n = told.pages.indexOf(state.page), next = told.pages[(n + by + told.pages.length) % told.pages.length];
      if (next !== state.page) { state.page = next; load(); }
    }, leave: () => { state.turn += 1; }};
  };

  mj.loaded.add('versions');
})(window.mingjian ||= {loaded: new Set()});
