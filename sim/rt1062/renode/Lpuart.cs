// LPUART of the i.MX RT1062 on Renode's NXP_LPUART, for Renode 1.16.1. C# 7.
// The stock model sends, receives and interrupts; this one adds what an RT1062 has besides, and keeps
// the bits that the stock model only warns of. A character takes no time on the wire when sent.

using System.Collections.Generic;
using Antmicro.Renode.Core;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.UART;

namespace Antmicro.Renode.Peripherals.Rt1062
{
    public class Lpuart : NXP_LPUART, IDoubleWordPeripheral
    {
        public Lpuart(IMachine machine, long frequency = 24000000, uint fifoSize = 4) : base(machine, frequency, fifoSize: fifoSize)
        {
            SetDefaults();
        }

        public override void Reset()
        {
            base.Reset();
            SetDefaults();
        }

        public new uint ReadDoubleWord(long offset)
        {
            switch(offset)
            {
            case VERID: return 0x04010003;
            case PARAM: return 0x00000202;
            case GLOBAL: case PINCFG: case MATCH: case MODIR: return Own(offset);
            case STAT:
                // Without the transmitter the stock model does not say that its FIFO is empty.
                var idle = (base.ReadDoubleWord(CTRL) & TransmitterEnable) == 0 ? TransmitterEmpty : 0;
                return base.ReadDoubleWord(STAT) | Own(STAT) | idle;
            case BAUD: case CTRL: case FIFO: return base.ReadDoubleWord(offset) | Own(offset);
            default: return base.ReadDoubleWord(offset);
            }
        }

        public new void WriteDoubleWord(long offset, uint value)
        {
            switch(offset)
            {
            case VERID: case PARAM:
                break;
            case GLOBAL:
                if((value & SoftwareReset) != 0) { Reset(); }
                own[GLOBAL] = value & SoftwareReset;
                break;
            case PINCFG: own[offset] = value & 0x3; break;
            case MATCH: own[offset] = value & 0x03FF03FF; break;
            case MODIR: own[offset] = value & 0x0007033F; break;
            case BAUD: Split(offset, value, 0x1FA2A000 | 0x1FFF, 0xE00D4000); break;
            case STAT: Split(offset, value, 0x82080000, 0x3C000000); break; // the flags written away here never rise
            case CTRL: Split(offset, value, 0x28EC00A3, 0xD713CF5C); break;
            case FIFO: Split(offset, value, 0x0003C388, 0x00001C00); break;
            case WATER: base.WriteDoubleWord(offset, value & 0x00030003); break;
            case DATA: base.WriteDoubleWord(offset, value & 0x000021FF); break;
            default: base.WriteDoubleWord(offset, value); break;
            }
        }

        // Bits for the stock model, and bits that are only kept.
        private void Split(long offset, uint value, uint stock, uint kept)
        {
            own[offset] = value & kept;
            base.WriteDoubleWord(offset, value & stock);
        }

        private uint Own(long offset)
        {
            uint value;
            own.TryGetValue(offset, out value);
            return value;
        }

        private void SetDefaults()
        {
            own.Clear();
            base.WriteDoubleWord(BAUD, 0x0F000004);
        }

        private readonly Dictionary<long, uint> own = new Dictionary<long, uint>();

        private const long VERID = 0x00, PARAM = 0x04, GLOBAL = 0x08, PINCFG = 0x0C, BAUD = 0x10, STAT = 0x14, CTRL = 0x18;
        private const long DATA = 0x1C, MATCH = 0x20, MODIR = 0x24, FIFO = 0x28, WATER = 0x2C;
        private const uint SoftwareReset = 1 << 1, TransmitterEnable = 1 << 19, TransmitterEmpty = 3u << 22;
    }
}
