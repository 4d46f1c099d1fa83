import { render } from "preact";
import { App } from "./App";
import type { Report } from "./model";
import "./style.css";

const data = document.getElementById("foresell-data");
const root = document.getElementById("foresell");
if (data && root) {
  const report = JSON.parse(data.textContent ?? "{}") as Report;
  root.textContent = "";
  render(<App report={report} />, root);
}
