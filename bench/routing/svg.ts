export interface Line {
	readonly name: string;
	readonly values: readonly number[];
}
export interface Panel {
	readonly title: string;
	readonly lines: readonly Line[];
	/** Number of the first value on the horizontal axis, and how many requests are between two values. */
	readonly from: number;
	readonly step: number;
	/** Where something happens. */
	readonly marks: readonly number[];
}

const width = 300;
const height = 190;
const margin = { left: 44, right: 10, top: 26, bottom: 24 };
/** Told apart by those who do not tell red from green, on white and on black. */
const colours = ["#0f83c9", "#e0861a", "#8a8f98", "#c0504d", "#7a5cc4", "#3a9d74"];

/** Small multiples in two columns, in colours that are readable on light and on dark. */
export function chart(title: string, unit: string, panels: readonly Panel[]): string {
	const columns = Math.min(2, panels.length);
	const rows = Math.ceil(panels.length / columns);
	const [whole, deep] = [columns * width, rows * height + 40];
	const names = (panels[0]?.lines ?? []).map(({ name }) => name);
	const spot = whole / Math.max(1, names.length);
	const legend = names.map(
		(name, index) =>
			`<line x1="${8 + index * spot}" x2="${26 + index * spot}" y1="28" y2="28" stroke="${colours[index]}" stroke-width="2.5"/>` +
			`<text x="${31 + index * spot}" y="32">${escaped(name)}</text>`,
	);
	const drawn = panels.map((panel, index) => `<g transform="translate(${(index % columns) * width} ${40 + Math.floor(index / columns) * height})">${draw(panel)}</g>`);
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${whole} ${deep}" role="img" aria-label="${escaped(title)}" font-family="system-ui, sans-serif" font-size="11">`,
		"<style>svg{background:#fff}text{fill:#333}.axis{stroke:#999;fill:none}.mark{stroke:#999;stroke-dasharray:3 3}",
		"@media (prefers-color-scheme:dark){svg{background:#15181c}text{fill:#ddd}.axis,.mark{stroke:#777}}</style>",
		`<text x="8" y="15" font-weight="600">${escaped(title)} (${escaped(unit)})</text>`,
		...legend,
		...drawn,
		"</svg>\n",
	].join("\n");
}

function draw({ title, lines, from, step, marks }: Panel): string {
	const count = Math.max(2, ...lines.map(({ values }) => values.length));
	const most = Math.max(1e-9, ...lines.flatMap(({ values }) => values));
	const x = (index: number) => margin.left + (index / (count - 1)) * (width - margin.left - margin.right);
	const y = (value: number) => height - margin.bottom - (value / most) * (height - margin.top - margin.bottom);
	const paths = lines.map(({ values }, index) => {
		const points = values.map((value, at) => `${x(at).toFixed(1)} ${y(value).toFixed(1)}`).join("L");
		return `<path d="M${points}" fill="none" stroke="${colours[index]}" stroke-width="1.6"/>`;
	});
	const dashes = marks.map((mark) => `<line class="mark" x1="${x((mark - from) / step).toFixed(1)}" x2="${x((mark - from) / step).toFixed(1)}" y1="${margin.top}" y2="${height - margin.bottom}"/>`);
	const last = from + (count - 1) * step;
	return [
		`<text x="${margin.left}" y="16" font-weight="600">${escaped(title)}</text>`,
		`<path class="axis" d="M${margin.left} ${margin.top}V${height - margin.bottom}H${width - margin.right}"/>`,
		`<text x="${margin.left - 5}" y="${margin.top + 8}" text-anchor="end">${Number(most.toPrecision(2))}</text>`,
		`<text x="${margin.left - 5}" y="${height - margin.bottom}" text-anchor="end">0</text>`,
		`<text x="${margin.left}" y="${height - 8}">${from}</text><text x="${width - margin.right}" y="${height - 8}" text-anchor="end">${Math.round(last)}</text>`,
		...dashes,
		...paths,
	].join("");
}

function escaped(text: string): string {
	return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
