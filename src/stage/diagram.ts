/** A block diagram of one panel. */
import type { Diagram, DiagramContent, PanelOptions } from './contract.ts'
import { type Host, Panel, type PanelView } from './panel.ts'

export class DiagramView implements Diagram, PanelView {
  readonly panel: Panel
  private readonly host: Host

  constructor(options: PanelOptions, host: Host) {
    this.panel = new Panel(options)
    this.host = host
  }

  update(content: DiagramContent): void {
    this.panel.setNote(content.note)
    this.panel.setDescription(content.description)
    this.panel.setMessage(undefined)
    this.host.redraw(this)
  }

  draw(): void {}

  dispose(): void {}
}
