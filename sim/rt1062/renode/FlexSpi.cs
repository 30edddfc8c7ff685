// FlexSPI, IP commands (i.MX RT1060 reference manual, chapter FlexSPI), for Renode 1.16.1. C# 7.
// Own because the stock IMXRT_FlexSPI takes write data only after the trigger and in reversed order, has
// no dummy cycles and counts FIFO levels in bytes. A sequence takes no time; the flash is busy afterwards.

using System;
using System.Collections.Generic;
using System.Linq;
using Antmicro.Renode.Core;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Memory;

namespace Antmicro.Renode.Peripherals.Rt1062
{
    /// `flash` is the memory behind the AHB window: what the chip on port A1 holds. Other ports read 0xFF.
    public class FlexSpi : IBytePeripheral, IWordPeripheral, IDoubleWordPeripheral, IKnownSize
    {
        public FlexSpi(IMachine machine, MappedMemory flash = null)
        {
            chip = flash == null ? null : new NorFlash(machine, this, flash);
            IRQ = new GPIO();
            SetDefaults();
        }

        public long Size { get { return 0x4000; } }

        public GPIO IRQ { get; private set; }

        public void Reset()
        {
            SetDefaults();
            UpdateInterrupt();
        }

        public byte ReadByte(long offset) { return (byte)(ReadDoubleWord(offset & ~3L) >> Shift(offset)); }

        public ushort ReadWord(long offset) { return (ushort)(ReadDoubleWord(offset & ~3L) >> Shift(offset)); }

        public void WriteByte(long offset, byte value) { WritePart(offset, value, 0xFF); }

        public void WriteWord(long offset, ushort value) { WritePart(offset, value, 0xFFFF); }

        public uint ReadDoubleWord(long offset)
        {
            switch(offset)
            {
            case INTR: return Flags;
            case IPCMD: return 0;
            case STS0: return Idle ? 3u : 0;
            case IPRXFSTS: return Entries(receive.Count) | readCount / EntryBytes << 16;
            case IPTXFSTS: return Entries(transmit.Count) | writeCount / EntryBytes << 16;
            }
            if(offset >= RFDR && offset < TFDR) { return Word(receive, (int)(offset - RFDR)); }
            if(offset >= TFDR && offset < LUT) { return 0; }
            uint value;
            if(!values.TryGetValue(offset, out value)) { this.LogUnhandledRead(offset); }
            return value;
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            switch(offset)
            {
            case MCR0:
                if((value & 1) != 0) { Abort(); }
                values[MCR0] = value & ~1u;
                break;
            case INTR: ClearFlags(value); break;
            case INTEN: values[INTEN] = value & 0xF7F; break;
            case IPCR1: values[IPCR1] = value & 0x870FFFFF; break;
            case LUTKEY:
                values[LUTKEY] = value;
                keyGiven = value == Key;
                break;
            case LUTCR:
                if(keyGiven && ((value & 3) == 1 || (value & 3) == 2)) { values[LUTCR] = value & 3; }
                keyGiven = false;
                break;
            case IPCMD:
                if((value & 1) != 0 && (values[MCR0] & 2) == 0 && Idle) { Start(); }
                break;
            case IPRXFCR: case IPTXFCR:
                if((value & 1) != 0) { ClearFifo(offset == IPRXFCR); }
                values[offset] = value & 0x3E;
                break;
            case DLLCRA: case DLLCRA + 4:
                values[offset] = value;
                var locked = 3u << (offset == DLLCRA ? 0 : 16);
                values[STS2] = (values[STS2] & ~locked) | ((value & 1) != 0 ? locked : 0);
                break;
            case STS0: case STS1: case STS2: case AHBSPNDSTS: case IPRXFSTS: case IPTXFSTS:
                break;
            default:
                if(offset >= TFDR && offset < LUT && offset % 4 == 0) { transmitWindow[(offset - TFDR) / 4] = value; }
                else if(offset >= LUT && offset < LUT + 0x100 && offset % 4 == 0)
                {
                    if(values[LUTCR] == 2) { values[offset] = value; }
                }
                else if(offset == AHBCR) { values[offset] = value & 0x79; }
                else if(offset >= AHBRXBUF0CR0 && offset < AHBRXBUF0CR0 + 16) { values[offset] = value & 0x830F00FF; }
                else if(offset >= FLSHCR0 && offset < FLSHCR0 + 16) { values[offset] = value & 0x7FFFFF; }
                else if(offset >= FLSHCR2 && offset < FLSHCR2 + 16) { values[offset] = value & 0x7FFFEFEF; }
                else if(values.ContainsKey(offset)) { values[offset] = value; }
                else if(offset < RFDR || offset >= TFDR) { this.LogUnhandledWrite(offset, value); return; }
                break;
            }
            UpdateInterrupt();
        }

        private static int Shift(long offset) { return 8 * (int)(offset & 3); }

        // Bytes that are not written keep what is stored.
        private void WritePart(long offset, uint value, uint lanes)
        {
            var start = offset & ~3L;
            uint stored;
            if(start >= TFDR && start < LUT) { stored = transmitWindow[(start - TFDR) / 4]; }
            else { values.TryGetValue(start, out stored); }
            WriteDoubleWord(start, (stored & ~(lanes << Shift(offset))) | value << Shift(offset));
        }

        private void SetDefaults()
        {
            values.Clear();
            values[MCR0] = 0xFFFF80C2;
            values[0x04] = 0xFFFFFFFF;
            values[0x08] = 0x200081F7;
            values[AHBCR] = 0x18;
            values[LUTKEY] = Key;
            values[LUTCR] = 2;
            for(var i = 0; i < 4; i++)
            {
                values[AHBRXBUF0CR0 + 4 * i] = 0x80000020 | (uint)i << 16;
                values[FLSHCR0 + 4 * i] = 0x00010000;
                values[0x70 + 4 * i] = 0x63;
                values[FLSHCR2 + 4 * i] = 0;
            }
            foreach(var offset in new long[] { INTEN, 0x94, IPCR0, IPCR1, IPRXFCR, IPTXFCR, STS1, AHBSPNDSTS }) { values[offset] = 0; }
            values[DLLCRA] = values[DLLCRA + 4] = 0x100;
            values[STS2] = 0x01000100;
            for(long offset = LUT; offset < LUT + 0x100; offset += 4) { values[offset] = 0; }
            raised = 0;
            keyGiven = false;
            Array.Clear(transmitWindow, 0, transmitWindow.Length);
            Abort();
        }

        private void Abort()
        {
            ClearFifo(true);
            ClearFifo(false);
            sequences.Clear();
            sequence = null;
            answer = new byte[0];
            sent.Clear();
            left = 0;
        }

        private void ClearFifo(bool receiving)
        {
            if(receiving) { receive.Clear(); readCount = 0; }
            else { transmit.Clear(); writeCount = 0; }
        }

        private bool Idle { get { return sequence == null && sequences.Count == 0; } }

        private int Watermark(long register) { return ((int)(values[register] >> 2 & 0xF) + 1) * EntryBytes; }

        private uint Flags
        {
            get
            {
                var full = receive.Count > 0 && (receive.Count + EntryBytes - 1) / EntryBytes * EntryBytes >= Watermark(IPRXFCR);
                return raised | (full ? ReceiveAvailable : 0) | (FifoBytes - transmit.Count >= Watermark(IPTXFCR) ? TransmitEmpty : 0);
            }
        }

        // Clearing a FIFO flag moves the FIFO by its watermark.
        private void ClearFlags(uint value)
        {
            var flags = Flags & value;
            raised &= ~value;
            if((flags & ReceiveAvailable) != 0)
            {
                var size = Math.Min(Watermark(IPRXFCR), receive.Count);
                receive.RemoveRange(0, size);
                readCount += (uint)size;
                GoOn();
            }
            if((flags & TransmitEmpty) != 0)
            {
                for(var i = 0; i < Watermark(IPTXFCR) / 4; i++) { transmit.AddRange(BitConverter.GetBytes(transmitWindow[i])); }
                GoOn();
            }
        }

        private void Start()
        {
            var control = values[IPCR1];
            for(uint i = 0; i <= (control >> 24 & 7); i++) { sequences.Enqueue((int)((control >> 16 & 0xF) + i) % 16); }
            Next();
        }

        private void Next()
        {
            sequence = null;
            if(sequences.Count == 0)
            {
                raised |= CommandDone;
                return;
            }
            var index = sequences.Dequeue();
            uint error;
            var found = Sequence.Decode(Enumerable.Range(0, 4).Select(i => values[LUT + 16 * index + 4 * i]), out error);
            if(error == 0 && !FindPort(out atFlash, out address)) { error = OutsideTheFlash; }
            if(error != 0)
            {
                sequences.Clear();
                values[STS1] = error << 24 | (uint)index << 16;
                raised |= CommandError | CommandDone;
                return;
            }
            sequence = found;
            var size = (int)(values[IPCR1] & 0xFFFF);
            left = found.Data == 0 ? 0 : size != 0 ? size : found.Operand;
            sent.Clear();
            if(found.Data == Sequence.Read) { answer = Execute(left); }
            GoOn();
        }

        // The chip that IPCR0 selects, and the address within it.
        private bool FindPort(out bool first, out long within)
        {
            within = values[IPCR0];
            for(var i = 0; i < 4; i++)
            {
                var size = (long)(values[FLSHCR0 + 4 * i] & 0x7FFFFF) * 1024;
                first = i == 0;
                if(within < size) { return true; }
                within -= size;
            }
            first = false;
            return false;
        }

        private byte[] Execute(int count)
        {
            if(!atFlash || chip == null || sequence.Command < 0) { return Enumerable.Repeat((byte)0xFF, count).ToArray(); }
            return chip.Execute(sequence.Command, sequence.HasAddress ? address : -1, sent.ToArray(), count);
        }

        // Moves the data phase on as far as the FIFOs allow.
        private void GoOn()
        {
            while(sequence != null)
            {
                if(left == 0)
                {
                    if(sequence.Data != Sequence.Read) { Execute(0); }
                    Next();
                    return;
                }
                if(sequence.Data == Sequence.Read)
                {
                    var size = Math.Min(Math.Min(left, FifoBytes - receive.Count), Watermark(IPRXFCR));
                    if(size == 0) { return; }
                    receive.AddRange(answer.Take(size));
                    answer = answer.Skip(size).ToArray();
                    left -= size;
                }
                else
                {
                    var size = Math.Min(Math.Min(left, transmit.Count), Watermark(IPTXFCR));
                    if(size == 0) { return; }
                    sent.AddRange(transmit.Take(size));
                    var taken = Math.Min((size + EntryBytes - 1) / EntryBytes * EntryBytes, transmit.Count);
                    transmit.RemoveRange(0, taken); // whole entries
                    writeCount += (uint)taken;
                    left -= size;
                }
            }
        }

        private static uint Entries(int bytes) { return (uint)(bytes + EntryBytes - 1) / EntryBytes; }

        private static uint Word(List<byte> fifo, int at)
        {
            uint value = 0;
            for(var i = 0; i < 4 && at + i < fifo.Count; i++) { value |= (uint)fifo[at + i] << 8 * i; }
            return value;
        }

        private void UpdateInterrupt() { IRQ.Set((Flags & values[INTEN]) != 0); }

        private uint raised, readCount, writeCount;
        private int left;
        private long address;
        private bool keyGiven, atFlash;
        private Sequence sequence;
        private byte[] answer;
        private readonly NorFlash chip;
        private readonly Queue<int> sequences = new Queue<int>();
        private readonly List<byte> receive = new List<byte>(), transmit = new List<byte>(), sent = new List<byte>();
        private readonly uint[] transmitWindow = new uint[32];
        private readonly Dictionary<long, uint> values = new Dictionary<long, uint>();

        private const long MCR0 = 0x00, AHBCR = 0x0C, AHBRXBUF0CR0 = 0x20, INTEN = 0x10, INTR = 0x14, LUTKEY = 0x18, LUTCR = 0x1C, FLSHCR0 = 0x60, FLSHCR2 = 0x80;
        private const long IPCR0 = 0xA0, IPCR1 = 0xA4, IPCMD = 0xB0, IPRXFCR = 0xB8, IPTXFCR = 0xBC, DLLCRA = 0xC0, STS0 = 0xE0;
        private const long STS1 = 0xE4, STS2 = 0xE8, AHBSPNDSTS = 0xEC, IPRXFSTS = 0xF0, IPTXFSTS = 0xF4, RFDR = 0x100, TFDR = 0x180, LUT = 0x200;
        private const uint CommandDone = 1 << 0, CommandError = 1 << 3, ReceiveAvailable = 1 << 5, TransmitEmpty = 1 << 6;
        private const uint Key = 0x5AF05AF0, OutsideTheFlash = 0x6;
        private const int EntryBytes = 8, FifoBytes = 128;

        // What a sequence of the look-up table says.
        private class Sequence
        {
            public static Sequence Decode(IEnumerable<uint> words, out uint error)
            {
                var found = new Sequence();
                error = 0;
                foreach(var half in words.SelectMany(word => new[] { word & 0xFFFF, word >> 16 }))
                {
                    var opcode = half >> 10;
                    if(opcode == 0) { break; }
                    if(opcode == JumpOnChipSelect) { error = 0x2; break; }
                    var plain = opcode & ~0x20u; // double data rate or not
                    if(plain == 0 || plain > 0x0D) { error = 0x3; break; }
                    if(plain == 0x01 && found.Command < 0) { found.Command = (int)(half & 0xFF); }
                    if(plain == 0x02 || plain == 0x03) { found.HasAddress = true; }
                    if(plain == Write || plain == Read)
                    {
                        found.Data = (int)plain;
                        found.Operand = (int)(half & 0xFF);
                    }
                }
                return found;
            }

            public int Command = -1, Data, Operand;
            public bool HasAddress;

            public const int Write = 0x08, Read = 0x09;
            private const uint JumpOnChipSelect = 0x1F;
        }
    }
}
